const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const OBJECT = 0x7b;
/** In ASCII, a list and an object are closed by the second character after the one that opens them. */
const CLOSING = 2;
const MAX_INTEGER = 2 ** 31 - 1;

/** Where a value lies in the bytes. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
  /** Members that an object or a list has; of a value that is neither, or that is empty, 1. */
  readonly members: number;
}

/**
 * Reads JSON where it lies, value by value: for files that hold so many values that an object for each
 * would cost more than the file. Methods throw a SyntaxError where something else comes.
 */
export class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #position: number;
  /** UTF-16 code units of the last string, and of older ones behind its end. */
  units = new Uint16Array(64);

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#position = start;
  }

  /** Passes over an object; `member` is to read the value of the key that {@link JsonReader.units} holds. */
  object(member: (keyLength: number) => void): void {
    this.#sequence(OBJECT, () => {
      const length = this.string();
      this.#expect(COLON);
      member(length);
    });
  }

  /** Passes over a list; `element` is to read one value of it. */
  list(element: () => void): void {
    this.#sequence(LIST, element);
  }

  isObject(): boolean {
    return this.#next() === OBJECT;
  }

  isList(): boolean {
    return this.#next() === LIST;
  }

  /** @returns how many code units in {@link JsonReader.units} are the string. */
  string(): number {
    this.#expect(QUOTE);
    const start = this.#position;
    const end = this.#endOfString(start);
    this.#position = end + 1;
    if (end - start > this.units.length) this.units = new Uint16Array(2 * (end - start));
    const bytes = this.#bytes;
    const { units } = this;
    let length = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x20 && byte < 0x7f && byte !== BACKSLASH) {
        units[length++] = byte;
      } else if (byte >= 0xc2 && byte < 0xe0 && (bytes[i + 1]! & 0xc0) === 0x80) {
        units[length++] = ((byte & 0x1f) << 6) | (bytes[++i]! & 0x3f);
      } else return this.#encodedString(start, end);
    }
    return length;
  }

  /** @returns a whole number from 0 to 2³¹ − 1. */
  integer(): number {
    const first = this.#next();
    const start = this.#position;
    let value = 0;
    for (; ; this.#position++) {
      const digit = this.#bytes[this.#position]! - ZERO;
      if (!(digit >= 0 && digit <= 9 && value <= MAX_INTEGER)) break;
      value = 10 * value + digit;
    }
    const digits = this.#position - start;
    if (digits === 0 || value > MAX_INTEGER || (first === ZERO && digits > 1)) throw fault();
    return value;
  }

  /** @returns a number of any kind. */
  number(): number {
    const { start, end } = this.skip();
    const value: unknown = JSON.parse(this.#decoder.decode(this.#bytes.subarray(start, end)));
    if (typeof value !== 'number') throw fault();
    return value;
  }

  /** Passes over a value of any kind, without a look at what is in it. */
  skip(): JsonSpan {
    const first = this.#next();
    const start = this.#position;
    let members = 1;
    if (first === OBJECT || first === LIST) members += this.#skipNested();
    else if (first === QUOTE) this.#position = this.#endOfString(start + 1) + 1;
    else while (this.#isInWord()) this.#position++;
    return { start, end: this.#position, members };
  }

  /** @returns how many commas there were between members. */
  #skipNested(): number {
    const bytes = this.#bytes;
    let depth = 0;
    let commas = 0;
    for (let i = this.#position; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) i = this.#endOfString(i + 1);
      else if (byte === OBJECT || byte === LIST) depth++;
      else if (byte === OBJECT + CLOSING || byte === LIST + CLOSING) depth--;
      else if (byte === COMMA && depth === 1) commas++;
      if (depth === 0) {
        this.#position = i + 1;
        return commas;
      }
    }
    throw fault();
  }

  #sequence(opening: number, member: () => void): void {
    this.#expect(opening);
    if (this.#next() !== opening + CLOSING) {
      member();
      while (this.#next() === COMMA) {
        this.#position++;
        member();
      }
    }
    this.#expect(opening + CLOSING);
  }

  /** A string with more than what UTF-8 writes in one byte or two, which few tokens have. */
  #encodedString(start: number, end: number): number {
    const text: unknown = JSON.parse(
      this.#decoder.decode(this.#bytes.subarray(start - 1, end + 1)),
    );
    if (typeof text !== 'string') throw fault();
    for (let i = 0; i < text.length; i++) this.units[i] = text.charCodeAt(i);
    return text.length;
  }

  #endOfString(start: number): number {
    const bytes = this.#bytes;
    for (let i = start; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) return i;
      if (byte === BACKSLASH) i++;
    }
    throw fault();
  }

  /** Whether a number, `true`, `false` or `null` goes on. */
  #isInWord(): boolean {
    const byte = this.#bytes[this.#position];
    return byte !== undefined && /[\w+.-]/.test(String.fromCharCode(byte));
  }

  /** The next byte that is no white space; it stays unread. */
  #next(): number {
    const bytes = this.#bytes;
    for (let i = this.#position; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.#position = i;
        return byte;
      }
    }
    throw fault();
  }

  #expect(byte: number): void {
    if (this.#next() !== byte) throw fault();
    this.#position++;
  }
}

const fault = () => new SyntaxError('expected other JSON');
