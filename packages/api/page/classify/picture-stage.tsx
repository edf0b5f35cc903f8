import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { LookOverlay } from './look-overlay.tsx';
import type { OcclusionMap } from './occlusion.ts';
import { type Picture, previewOf } from './picture.ts';

const CLASSIFY = TEXTS.classify;

interface PictureStageProps {
  readonly picture: Picture;
  readonly map: OcclusionMap | undefined;
  readonly onRemove: () => void;
  /** Gets its element. */
  readonly element: RefObject<HTMLElement | null>;
}

/** The picture that the answer is about. */
export function PictureStage({ picture, map, onRemove, element }: PictureStageProps) {
  const preview = previewOf(picture);
  const [ratio, setRatio] = useState<number>();
  const change = picture.prepared?.change;
  return (
    <figure class="stage" ref={element}>
      <div class="stage-picture">
        {preview === undefined ? (
          <p class="no-preview quiet">{placeholderOf(picture)}</p>
        ) : (
          <div
            class="stage-frame"
            style={ratio === undefined ? {} : { width: `min(100%, ${ratio} * min(70vh, 40rem))` }}
          >
            <img
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
                setRatio(naturalWidth / naturalHeight)
              }
              src={preview}
              alt={CLASSIFY.pictureOf(picture.name)}
              referrerpolicy="no-referrer"
            />
            {map !== undefined && <LookOverlay map={map} />}
          </div>
        )}
      </div>
      <figcaption class="stage-caption">
        <bdi class="stage-name">{picture.name}</bdi>
        <button
          type="button"
          class="plain"
          aria-label={CLASSIFY.remove(picture.name)}
          onClick={onRemove}
        >
          ×
        </button>
      </figcaption>
      {change !== undefined && <p class="quiet">{change}</p>}
    </figure>
  );
}

function placeholderOf({ source, prepared, outcome }: Picture): string {
  if (source.kind === 'url') return outcome?.error ? CLASSIFY.notRead : CLASSIFY.unread;
  return prepared === undefined ? CLASSIFY.preparing : CLASSIFY.noPreview;
}
