import { CameraButton } from '../parts/camera-button.tsx';
import { ExamplePictures } from '../parts/example-pictures.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { PictureUrl } from '../parts/picture-url.tsx';
import { TEXTS } from '../texts.ts';

const { classify: CLASSIFY, pictures: PICTURES } = TEXTS;

interface AddPicturesProps {
  readonly isOver: boolean;
  /** Whether there are pictures already. */
  readonly isSmall: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onUrl: (url: string) => void;
}

/** All the ways to give a picture. */
export function AddPictures({ isOver, isSmall, onFiles, onUrl }: AddPicturesProps) {
  return (
    <div class="add-pictures" data-over={isOver || undefined} data-small={isSmall || undefined}>
      {!isSmall && (
        <>
          <p class="drop-title">{CLASSIFY.drop}</p>
          <p class="quiet">{CLASSIFY.dropHint}</p>
        </>
      )}
      <div class="row">
        <FileButton text={isSmall ? CLASSIFY.more : PICTURES.choose} onFiles={onFiles} multiple />
        <CameraButton onFiles={onFiles} />
        <PictureUrl onUrl={onUrl} />
      </div>
      {!isSmall && <ExamplePictures onUrl={onUrl} />}
    </div>
  );
}
