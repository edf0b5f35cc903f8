/** How long a browser may show an image without asking again, in seconds. */
const MAX_AGE = 60;

/** An image of the caller's own. */
export const privateImage = (bytes: Uint8Array, mediaType: string): Response =>
  new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': mediaType,
      'cache-control': `private, max-age=${MAX_AGE}`,
      'x-content-type-options': 'nosniff',
    },
  });
