import { ApiError } from '../../../../errors/api-error.ts';
import { decodeNodeId } from '../node-id.ts';

/** @param id a picture's `id`. @throws ApiError BAD_INPUT for the id of something else. */
export function pictureId(id: string): string {
  const decoded = decodeNodeId(id);
  if (decoded.typename === 'Picture') return decoded.id;
  throw new ApiError(
    'BAD_INPUT',
    `expected the id of a picture, got that of a ${decoded.typename}`,
  );
}
