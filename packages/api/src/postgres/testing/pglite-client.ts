import type { Socket } from 'node:net';

/** https://www.postgresql.org/docs/16/protocol-message-formats.html */
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const TERMINATE = 'X'.charCodeAt(0);

/** A client of a server of PostgreSQL, as far as its messages have come. */
export class PgliteClient {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #searchPath: string | undefined;
  #isStarted = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** As its connection string asks for; undefined before its first message was taken. */
  get searchPath(): string | undefined {
    return this.#searchPath;
  }

  receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
  }

  /** The next whole message for the session; undefined where there is none. */
  take(): Buffer | undefined {
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      if (this.#isStarted) {
        if (message[0] !== TERMINATE) return message;
        this.socket.end();
        continue;
      }
      const code = message.readUInt32BE(4);
      if (code === SSL_REQUEST) this.socket.write('N');
      else if (code === CANCEL_REQUEST) this.socket.end();
      else {
        this.#isStarted = true;
        this.#searchPath = /search_path=([\w,]+)/.exec(message.toString())?.[1] ?? 'public';
        return message;
      }
    }
    return undefined;
  }

  /** The first message of a connection has no letter before its length. */
  #next(): Buffer | undefined {
    const lengthAt = this.#isStarted ? 1 : 0;
    if (this.#received.length < lengthAt + 4) return undefined;
    const end = lengthAt + this.#received.readUInt32BE(lengthAt);
    if (this.#received.length < end) return undefined;
    const message = this.#received.subarray(0, end);
    this.#received = this.#received.subarray(end);
    return message;
  }
}
