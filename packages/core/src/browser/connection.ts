/** Where a page requests models from the network. */
import { PassingError } from '../hub/retry.ts';

/** Without a byte for so long, a connection counts as lost. */
const SILENCE_MS = 60_000;

interface ConnectionOptions {
  readonly token?: string | undefined;
  /** The first byte wanted. */
  readonly from?: number;
}

/** A response whose body is to be read with {@link arriving}, or closed. */
export interface Connection {
  readonly response: Response;
  close(): void;
}

/** @throws PassingError where no response comes; a page is not told why. */
export async function openConnection(
  url: string,
  { token, from = 0 }: ConnectionOptions,
): Promise<Connection> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), SILENCE_MS);
  try {
    const response = await fetch(url, {
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(from > 0 && { range: `bytes=${from}-` }),
      },
      signal: controller.signal,
      credentials: 'omit',
      // It is kept once, by us.
      cache: 'no-store',
    });
    return { response, close: () => controller.abort() };
  } catch (cause) {
    throw lost(url, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes of a response as they arrive; it is closed with the iteration. @throws PassingError where the connection is lost. */
export async function* arriving({ response, close }: Connection): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined) {
      const timer = setTimeout(close, SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw lost(response.url, cause);
  } finally {
    close();
  }
}

function lost(url: string, cause: unknown): PassingError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PassingError(`${new URL(url).host}: the connection failed: ${reason}`, { cause });
}
