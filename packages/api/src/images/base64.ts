/**
 * The bytes that a text holds in base64, white space left out, padded or not; undefined for anything
 * else.
 */
export function decodeBase64(text: string): Buffer | undefined {
  try {
    return Buffer.from(atob(withoutPadding(text)), 'latin1');
  } catch {
    return undefined;
  }
}

const WHITE_SPACE = '\t\n\f\r ';

function withoutPadding(text: string): string {
  let end = text.length;
  for (let signs = 0; end > 0; end--) {
    const last = text[end - 1]!;
    if (last === '=' && signs < 2) signs += 1;
    else if (!WHITE_SPACE.includes(last)) break;
  }
  return text.slice(0, end);
}
