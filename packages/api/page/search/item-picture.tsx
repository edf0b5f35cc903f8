import { ServerPicture } from '../parts/server-picture.tsx';
import { fromHere } from '../server/ask.ts';
import type { Item } from './use-hits.ts';

interface ItemPictureProps {
  readonly item: Pick<Item, 'thumbnailUrl' | 'source'>;
  readonly alt: string;
}

/** An item’s thumbnail; where there is none, the picture itself if its address is known. */
export function ItemPicture({ item: { thumbnailUrl, source }, alt }: ItemPictureProps) {
  if (thumbnailUrl !== null) return <ServerPicture path={thumbnailUrl} alt={alt} />;
  const isHere = source.startsWith('/examples/');
  // The server has read it, which refuses what is not public.
  if (!isHere && !/^https?:\/\//i.test(source))
    return <span class="no-preview" role="img" aria-label={alt} />;
  const src = isHere ? fromHere(source) : source;
  return <img src={src} alt={alt} loading="lazy" draggable={false} referrerpolicy="no-referrer" />;
}
