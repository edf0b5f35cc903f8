/** The key for this server, kept until the tab is closed. */

const NAME = 'clipql-key';

/** @param isRefused whether the server has just refused the one it got. */
type Ask = (isRefused: boolean) => Promise<string | undefined>;

let ask: Ask | undefined;
let asking: Promise<string | undefined> | undefined;
/** Whether something was not answered because the user gave no key. */
let isMissed = false;
const listeners = new Set<() => void>();

export const storedKey = (): string | undefined => sessionStorage.getItem(NAME) ?? undefined;

/** Whether a key can be sent: a header takes printable ASCII, and a pasted key may have other characters in it. */
export const isSendable = (key: string): boolean => /^[ -~]+$/.test(key);

/** Says who asks the user for a key. */
export function onKeyWanted(next: Ask | undefined): void {
  ask = next;
}

/**
 * Asks the user for a key, once however many requests want it.
 *
 * @param refused the key that it got; where there is another one since, nobody is asked.
 * @returns whether there is one now.
 */
export async function wantKey(refused: string | undefined): Promise<boolean> {
  const known = storedKey();
  if (known !== undefined && known !== refused) return true;
  asking ??= (ask?.(refused !== undefined) ?? Promise.resolve(undefined)).then((key) => {
    // In one go: what is refused a moment later has the key to send, or asks anew.
    if (key !== undefined) sessionStorage.setItem(NAME, key);
    asking = undefined;
    const isFound = isMissed && key !== undefined;
    isMissed = key === undefined;
    if (isFound) for (const call of listeners) call();
    return key;
  });
  return (await asking) !== undefined;
}

/** Calls back when there is a key after the user had given none: what failed for want of it can be asked again. */
export function onKeyFound(call: () => void): () => void {
  listeners.add(call);
  return () => listeners.delete(call);
}
