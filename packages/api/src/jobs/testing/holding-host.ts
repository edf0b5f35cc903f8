import { type PictureHost, slowAndFailing, startPictureHost } from './picture-host.ts';

/** A host that keeps some of its pictures back. */
export interface HoldingHost extends PictureHost {
  /** How often those of these that are kept back have been asked for. */
  asked(numbers: readonly number[]): number;
  /** Keeps them back from now on. @returns lets them go. */
  hold(): Release;
}

interface Release {
  /** Those that were asked for once. */
  readonly first: () => void;
  /** Those that were asked for again. */
  readonly again: () => void;
}

export async function startHoldingHost(isHeld: (number: number) => boolean): Promise<HoldingHost> {
  let first = Promise.withResolvers<void>();
  let again = Promise.withResolvers<void>();
  const host = await startPictureHost(async (number, time, response) => {
    if (isHeld(number)) await (time === 1 ? first : again).promise;
    return slowAndFailing(number, time, response);
  });
  return Object.assign(host, {
    asked: (numbers: readonly number[]) =>
      numbers.filter(isHeld).reduce((sum, one) => sum + (host.requests.get(one) ?? 0), 0),
    hold: () => {
      first = Promise.withResolvers();
      again = Promise.withResolvers();
      return { first: first.resolve, again: again.resolve };
    },
  });
}
