import { TEXTS } from '../texts.ts';
import { type Picture, previewOf } from './picture.ts';

const CLASSIFY = TEXTS.classify;

interface PictureStageProps {
  readonly picture: Picture;
  readonly onRemove: () => void;
}

/** The picture that the answer is about. */
export function PictureStage({ picture, onRemove }: PictureStageProps) {
  const preview = previewOf(picture);
  const change = picture.prepared?.change;
  return (
    <figure class="stage">
      <div class="stage-picture">
        {preview === undefined ? (
          <p class="no-preview quiet">
            {picture.prepared === undefined ? CLASSIFY.preparing : CLASSIFY.noPreview}
          </p>
        ) : (
          <img src={preview} alt={CLASSIFY.pictureOf(picture.name)} referrerpolicy="no-referrer" />
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
