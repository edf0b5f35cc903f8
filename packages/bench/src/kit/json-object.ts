/** What JSON calls an object; what its fields hold is still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;
