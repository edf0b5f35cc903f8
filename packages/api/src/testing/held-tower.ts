import type { Clip } from '@clipql/core';
import { vi } from 'vitest';
import type { TestApi } from './api.ts';
import { dataUrl } from './api.ts';
import { picture } from './pictures.ts';

/** A tower that waits before each forward pass until it is let go on. */
export interface HeldTower {
  /** Images or texts of each forward pass that has begun. */
  readonly batches: readonly number[];
  /** Resolves once so many forward passes have begun. */
  begun(passes: number): Promise<void>;
  /** Ends the wait, of this pass and of all later ones. */
  open(): void;
}

export const holdImageTower = ({ model }: Pick<TestApi, 'model'>): HeldTower =>
  holdTower(model.clip, 'encodeImages');

export const holdTextTower = ({ model }: Pick<TestApi, 'model'>): HeldTower =>
  holdTower(model.clip, 'encodeTexts');

function holdTower(clip: Clip, tower: 'encodeImages' | 'encodeTexts'): HeldTower {
  const gate = Promise.withResolvers<void>();
  const batches: number[] = [];
  type Encode = (inputs: readonly unknown[], options?: object) => Promise<Float32Array[]>;
  const encode = clip[tower].bind(clip) as Encode;
  const held: Encode = async (inputs, options) => {
    batches.push(inputs.length);
    await gate.promise;
    return encode(inputs, options);
  };
  vi.spyOn(clip, tower).mockImplementation(held);
  return {
    batches,
    begun: (passes) => vi.waitFor(() => expectAtLeast(batches.length, passes), WAIT),
    open: gate.resolve,
  };
}

/** Long enough for any machine; a test that passes does not wait for it. */
export const WAIT = { timeout: 180_000, interval: 5 };

function expectAtLeast(got: number, expected: number): void {
  if (got < expected) throw new Error(`expected at least ${expected}, got ${got}`);
}

/** Embeds the picture of a number, as a request of its own. */
export function embedPicture(api: Pick<TestApi, 'query'>, number: number) {
  const query = 'query ($url: String!) { embedImage(imageUrl: $url) { values } }';
  return api.query(query, { url: dataUrl(picture(number), 'image/png') });
}
