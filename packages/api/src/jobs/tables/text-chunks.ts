import { badTable } from './table.ts';

/**
 * A file's text, without its byte order mark.
 *
 * @throws ApiError BAD_TABLE for what is no UTF-8.
 */
export async function* textChunks(file: Blob): AsyncGenerator<string> {
  // The decoder takes the mark of UTF-8 away.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  try {
    for await (const chunk of file.stream()) {
      if (isFirst && isUtf16(chunk)) throw badTable('text in UTF-8', 'text in UTF-16');
      isFirst = false;
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badTable('text in UTF-8', 'bytes that are none', error);
  }
}

const isUtf16 = ([a, b]: Uint8Array): boolean =>
  (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
