import { ApiError } from './errors.ts';

/**
 * What a request's body holds, whatever its media type: old clients send none.
 *
 * @throws ApiError REQUEST_TOO_LARGE while it arrives, BAD_REQUEST for anything but a JSON object.
 */
export async function readJsonObject(
  request: Request,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const value = parseJson((await readBody(request, maxBytes)).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('BAD_REQUEST', 'expected a JSON object as the body, got something else');
  }
  return value as Record<string, unknown>;
}

/** @throws ApiError REQUEST_TOO_LARGE while it arrives. */
export async function readBody({ body }: Request, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) {
      const most = maxBytes / 1024 / 1024;
      throw new ApiError('REQUEST_TOO_LARGE', `expected a request of at most ${most} MiB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('BAD_REQUEST', 'expected JSON as the body, got something else', {
      cause: error,
    });
  }
}
