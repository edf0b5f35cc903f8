import { ApiError } from '../../errors/api-error.ts';
import { quoted, shorten } from '../../errors/one-line.ts';

/** For a label that none of the classes has. */
export function unknownClass(
  classes: readonly { readonly label: string }[],
  label: string,
): ApiError {
  const known = classes.map((one) => quoted(one.label)).join(', ');
  const message = `expected one of the classes ${shorten(known, 500)}, got ${quoted(label)}`;
  return new ApiError('BAD_INPUT', message);
}
