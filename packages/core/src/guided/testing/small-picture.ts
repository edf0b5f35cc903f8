import type { GuidedPicture } from '../guided-picture.ts';

export const SMALL = { size: 64, quality: 'DRAFT' } as const;

export async function stepsOf(picture: GuidedPicture, until: number): Promise<GuidedPicture> {
  while (picture.stepsDone < until) await picture.step();
  return picture;
}
