import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Operation } from '../requests/operation.ts';

/** How long a browser may show an image without asking again: so many seconds, or not at all. */
type Caching = 'max-age=60' | 'no-cache';

/** An image of the caller's own; 304 for a request that has it already. */
export function privateImage(
  { headers }: Pick<Request, 'headers'>,
  bytes: Uint8Array,
  mediaType: string,
  caching: Caching = 'max-age=60',
): Response {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const cached = { etag, 'cache-control': `private, ${caching}` };
  if (headers.get('if-none-match')?.includes(etag)) {
    return new Response(null, { status: 304, headers: cached });
  }
  return new Response(new Uint8Array(bytes), {
    headers: { ...cached, 'content-type': mediaType, 'x-content-type-options': 'nosniff' },
  });
}

/** What OpenAPI says of {@link privateImage}. @param mediaType or a range of them, as in `image/*`. */
export const privateImageAnswers = (
  description: string,
  mediaType: string,
): Operation['answers'] => ({
  200: { description, mediaType, schema: z.unknown() },
  304: { description: 'The image is the one that `If-None-Match` names' },
});
