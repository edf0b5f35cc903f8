/**
 * Protocol Buffers' wire format, as much of it as ONNX takes. A message is a list of byte arrays that
 * is never joined, so that weights are held once.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** An encoded message, its parts in their order. */
export type Message = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export const message = (...fields: readonly Message[]): Message => fields.flat();

/** An int32, int64, bool or enum field. */
export const integer = (field: number, value: number): Message => [
  Uint8Array.from([...varint(tag(field, VARINT)), ...varint(value)]),
];

/** A float field. */
export function float(field: number, value: number): Message {
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return [Uint8Array.from([...varint(tag(field, FIXED32)), ...bytes])];
}

export const text = (field: number, value: string): Message =>
  nested(field, [new TextEncoder().encode(value)]);

/** A repeated int64 field, packed. */
export const integers = (field: number, values: readonly number[]): Message =>
  nested(field, [Uint8Array.from(values.flatMap(varint))]);

/** A bytes field, or one that holds a message. */
export const nested = (field: number, content: Message): Message => [
  Uint8Array.from([...varint(tag(field, LENGTH_DELIMITED)), ...varint(lengthOf(content))]),
  ...content,
];

export const lengthOf = (content: Message): number =>
  content.reduce((sum, part) => sum + part.length, 0);

const tag = (field: number, wireType: number): number => field * 8 + wireType;

/** Little-endian groups of seven bits; a negative number as 64 bits of two's complement. */
function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? group : group | 0x80);
  } while (rest !== 0n);
  return bytes;
}
