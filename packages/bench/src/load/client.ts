import { Connection } from './connection.ts';

/** What a request came to. */
export interface Outcome {
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  /** Of the first error; undefined where all was well. */
  readonly code: string | undefined;
  readonly milliseconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: a response has the shape that its query asks for.
  readonly data: any;
}

/** A request that is not answered for so long counts as unanswered. */
const PATIENCE = 60_000;

/**
 * Asks a GraphQL server, over connections that are kept. It runs on the cores that it measures, so it
 * does no more than it must.
 */
export class GraphqlClient {
  readonly #url: URL;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async ask(query: string, variables: object): Promise<Outcome> {
    const body = JSON.stringify({ query, variables });
    const { pathname, host } = this.#url;
    const request = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const start = performance.now();
    const connection = this.#idle.pop() ?? this.#open();
    try {
      const { status, text } = await connection.ask(request, PATIENCE);
      if (connection.isOpen) this.#idle.push(connection);
      return { status, milliseconds: performance.now() - start, ...parsed(text) };
    } catch {
      return {
        status: 0,
        code: 'NO_ANSWER',
        milliseconds: performance.now() - start,
        data: undefined,
      };
    }
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #open(): Connection {
    const connection = new Connection(this.#url, () => {
      this.#all.delete(connection);
      const index = this.#idle.indexOf(connection);
      if (index !== -1) this.#idle.splice(index, 1);
    });
    this.#all.add(connection);
    return connection;
  }
}

function parsed(text: string): Pick<Outcome, 'code' | 'data'> {
  const { data, errors } = JSON.parse(text);
  return { code: errors?.[0]?.extensions?.code, data };
}
