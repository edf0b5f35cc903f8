import type { Owner } from '../access/owner.ts';
import { ApiError } from '../errors/api-error.ts';
import type { NewPicture, Picture } from './picture.ts';

/** Pictures drawn from words, as their owners see them. Other owners' are UNKNOWN_PICTURE. */
export interface Pictures {
  /** Whether any are drawn; all else throws PICTURES_OFF where none are. */
  readonly areOn: boolean;
  /** @throws ApiError TOO_MANY_PICTURES for an owner who may not have another. */
  checkPlace(owner: Owner): void;
  /**
   * The picture is on the disk when this resolves. It is drawn when those before it are over or paused.
   *
   * @throws ApiError TOO_MANY_PICTURES, PICTURE_NOT_KEPT.
   */
  start(picture: NewPicture): Promise<Picture>;
  /** @throws ApiError UNKNOWN_PICTURE. */
  get(owner: Owner, id: string): Picture;
  /** The newest first. @param query `before` is the id of the last one of the page before. */
  list(
    owner: Owner,
    query: { readonly first: number; readonly before?: string },
  ): readonly Picture[];
  /** @throws ApiError UNKNOWN_PICTURE, JOB_STATE, PICTURE_NOT_KEPT. */
  pause(owner: Owner, id: string): Promise<Picture>;
  /**
   * Goes on, also after what FAILED.
   *
   * @throws ApiError UNKNOWN_PICTURE, JOB_STATE, PICTURE_NOT_KEPT; TOO_MANY_PICTURES for one that failed, where its owner
   *   has as many that are not over as may be.
   */
  resume(owner: Owner, id: string): Promise<Picture>;
  /** The newest image stays. @throws ApiError UNKNOWN_PICTURE, JOB_STATE, PICTURE_NOT_KEPT. */
  cancel(owner: Owner, id: string): Promise<Picture>;
  /**
   * Nothing of it is left.
   *
   * @returns it as it was.
   * @throws ApiError UNKNOWN_PICTURE; PICTURE_NOT_KEPT where its files cannot be removed: it is there then, and can be deleted again.
   */
  delete(owner: Owner, id: string): Promise<Picture>;
  /** The newest image, a PNG. @throws ApiError UNKNOWN_PICTURE; NOT_FOUND before the first. */
  image(owner: Owner, id: string): Promise<Uint8Array>;
  /**
   * A picture's states, the present one first, at most one a second and each the latest. Ends with the last one.
   *
   * @throws ApiError UNKNOWN_PICTURE.
   */
  watch(owner: Owner, id: string): AsyncIterableIterator<Picture>;
}

/** Of a server that draws none. */
export const NO_PICTURES: Pictures = {
  areOn: false,
  checkPlace: off,
  start: off,
  get: off,
  list: off,
  pause: off,
  resume: off,
  cancel: off,
  delete: off,
  image: off,
  watch: off,
};

function off(): never {
  throw new ApiError(
    'PICTURES_OFF',
    'expected a server with --pictures on and --data, got one that draws no pictures',
  );
}
