import { useEffect, useState } from 'preact/hooks';
import { type FileLimits, type PreparedFile, prepareFile } from './prepare-file.ts';

/** A file as it is sent; undefined for an address, and until it has been looked at. */
export function usePrepared(
  source: File | string | undefined,
  limits: FileLimits | undefined,
): PreparedFile | undefined {
  const [prepared, setPrepared] = useState<PreparedFile & { readonly of: File }>();
  useEffect(() => {
    if (!(source instanceof File) || limits === undefined) return;
    let preview: string | undefined;
    let isOver = false;
    const forget = () => {
      if (preview !== undefined) URL.revokeObjectURL(preview);
    };
    void prepareFile(source, limits).then((made) => {
      preview = made.preview;
      if (isOver) forget();
      else setPrepared({ ...made, of: source });
    });
    return () => {
      isOver = true;
      forget();
    };
  }, [source, limits]);
  return prepared?.of === source ? prepared : undefined;
}
