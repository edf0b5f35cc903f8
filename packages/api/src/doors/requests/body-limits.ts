import type { Settings } from '../../settings/settings.ts';
import type { BodyLimits } from './request-body.ts';

/** The most bytes of one HTTP request. */
const maxRequestBytes = ({ maxRequestMegabytes }: Settings): number =>
  Math.round(maxRequestMegabytes * 1024 * 1024);

/** What the body of a request may be. */
export function bodyLimits(settings: Settings): BodyLimits {
  const { maxPrompts, maxImages } = settings;
  // Far more than an input takes, with its objects and lists.
  const maxValues = 10 * (maxPrompts + maxImages) + OTHER_VALUES;
  return { maxBytes: maxRequestBytes(settings), maxValues };
}

/** Of a request's body, beside what is in lists. */
const OTHER_VALUES = 10_000;
