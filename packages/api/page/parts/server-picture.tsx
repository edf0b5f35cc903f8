import { useEffect, useState } from 'preact/hooks';
import { askPicture, fromHere } from '../server/ask.ts';
import { storedKey } from '../server/key.ts';

interface ServerPictureProps {
  /** As the API has it, such as `/thumbnails/photos/sheep`. */
  readonly path: string;
  readonly alt: string;
}

/** A picture that the server may give out for a key alone. */
export function ServerPicture({ path, alt }: ServerPictureProps) {
  const [hasKey] = useState(() => storedKey() !== undefined);
  const address = useFetchedPicture(hasKey ? path : undefined);
  const src = hasKey ? address : fromHere(path);
  if (src === undefined) return <span class="no-preview" aria-hidden="true" />;
  return <img src={src} alt={alt} loading="lazy" draggable={false} />;
}

/**
 * @param path undefined for none.
 * @returns its address in this browser; that of the last one until it is here, and undefined where it cannot be had.
 */
function useFetchedPicture(path: string | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (path === undefined) return setAddress(undefined);
    const control = new AbortController();
    askPicture(path, control.signal).then(
      (blob) => setAddress(URL.createObjectURL(blob)),
      () => control.signal.aborted || setAddress(undefined),
    );
    return () => control.abort();
  }, [path]);
  useEffect(
    () => () => {
      if (address !== undefined) URL.revokeObjectURL(address);
    },
    [address],
  );
  return address;
}
