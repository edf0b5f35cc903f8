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

/** @param path undefined for none. @returns its address in this browser; undefined until it is here, and where it cannot be had. */
function useFetchedPicture(path: string | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (path === undefined) return;
    const control = new AbortController();
    let made: string | undefined;
    askPicture(path, control.signal).then(
      (blob) => {
        if (control.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      () => {},
    );
    return () => {
      control.abort();
      setAddress(undefined);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [path]);
  return address;
}
