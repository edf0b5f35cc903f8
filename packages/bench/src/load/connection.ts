import { connect, type Socket } from 'node:net';

interface Answer {
  readonly status: number;
  readonly text: string;
}

const HEAD_END = '\r\n\r\n';

/** One connection of HTTP/1.1 to a server that tells each answer's length; one request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #received: Buffer[] = [];
  #pending: PromiseWithResolvers<Answer> | undefined;
  isOpen = true;

  constructor({ hostname, port }: URL, onClose: () => void) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#received.push(chunk);
      this.#read();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isOpen = false;
      this.#pending?.reject(new Error('the connection was closed'));
      onClose();
    });
  }

  /** @throws Error when the connection ends, or no answer comes in these milliseconds. */
  async ask(request: string, patience: number): Promise<Answer> {
    this.#pending = Promise.withResolvers();
    const timer = setTimeout(() => this.#socket.destroy(), patience);
    this.#socket.write(request);
    try {
      return await this.#pending.promise;
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): void {
    const bytes = Buffer.concat(this.#received);
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    const start = headEnd + HEAD_END.length;
    if (bytes.length < start + length) return;
    this.#received.length = 0;
    const status = Number(head.slice(9, 12));
    this.#pending?.resolve({ status, text: bytes.toString('utf8', start, start + length) });
  }
}
