import { ClipError } from '../../errors.ts';

export async function readFileUrl(url: URL, _maxBytes: number): Promise<Uint8Array> {
  throw new ClipError('BAD_INPUT', `a page cannot read ${url.href}: give a File or its bytes`);
}
