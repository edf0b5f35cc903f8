import { inflated } from '../inflate.ts';
import { startsWith } from '../signature.ts';

/** A text of a PNG that may say the orientation, as stored. */
export interface PngText {
  readonly keyword: keyof typeof KEYWORDS;
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
}

/** What the texts are called in which programs keep EXIF data, as ImageMagick does, and XMP. */
const KEYWORDS = { 'Raw profile type exif': 'exif', 'XML:com.adobe.xmp': 'xmp' } as const;
/** As much of a text as Pillow reads. */
const MAX_TEXT_BYTES = 1024 * 1024;

/**
 * The text in a tEXt, zTXt or iTXt chunk (PNG specification, 11.3.3); none that cannot say the
 * orientation.
 */
export function readPngText(type: string, data: Uint8Array): readonly PngText[] {
  const keyword = (Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[]).find((each) =>
    startsWith(data, `${each}\0`),
  );
  if (keyword === undefined) return [];
  const rest = data.subarray(keyword.length + 1);
  if (type === 'tEXt') return [{ keyword, bytes: rest, isCompressed: false }];
  if (type === 'zTXt') return [{ keyword, bytes: rest.subarray(1), isCompressed: true }];
  // Behind flag and method come a language and the keyword in that language, each ended by 0.
  const language = rest.indexOf(0, 2);
  const translated = rest.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return [];
  const isCompressed = rest[0] !== 0;
  if (isCompressed && rest[1] !== 0) return [];
  return [{ keyword, bytes: rest.subarray(translated + 1), isCompressed }];
}

/**
 * The EXIF data and the XMP packet in texts; of several, the last. What is damaged or longer than
 * 1 MiB is none.
 */
export async function metadataIn(
  texts: readonly PngText[],
): Promise<{ exif?: Uint8Array; xmp?: Uint8Array }> {
  const metadata: { exif?: Uint8Array; xmp?: Uint8Array } = {};
  for (const { keyword, bytes, isCompressed } of texts) {
    const text = isCompressed ? await unpacked(bytes) : bytes;
    if (text === undefined) continue;
    const exif = KEYWORDS[keyword] === 'exif' ? fromHex(text) : undefined;
    if (exif !== undefined) metadata.exif = exif;
    if (KEYWORDS[keyword] === 'xmp') metadata.xmp = text;
  }
  return metadata;
}

async function unpacked(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const text = new Uint8Array(MAX_TEXT_BYTES);
  let length = 0;
  try {
    for await (const piece of inflated([bytes])) {
      if (length + piece.length > MAX_TEXT_BYTES) return undefined;
      text.set(piece, length);
      length += piece.length;
    }
  } catch {
    return undefined;
  }
  return text.subarray(0, length);
}

/** A raw profile: an empty line, its name, its length, and then lines of hexadecimal digits. */
function fromHex(text: Uint8Array): Uint8Array | undefined {
  const lines = new TextDecoder('latin1').decode(text).split('\n').slice(3);
  const digits = lines.join('').replace(/\s/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
