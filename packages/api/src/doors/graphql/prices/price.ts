import type { LabelSets } from '../../../label-sets/label-sets.ts';
import type { Limits } from '../../../limits/limits.ts';
import type { PromptCount } from '../../../limits/texts.ts';
import type { ModelRegistry } from '../../../models/registry.ts';

/** What a field costs, and how much of an answer it is. What is left out costs nothing. */
export interface Price extends Partial<PromptCount> {
  /** Images to encode, equal ones each time. */
  readonly images?: number;
  /** Searches and pages that go over all items of a collection, and trainings of a classifier. */
  readonly scans?: number;
  /** Entries of a list, at most; 1 unless given. */
  readonly length?: number;
  /** What the field, or each entry of it, weighs, beside the fields within; 1 unless given. */
  readonly values?: number;
  /** What fields within are priced by. */
  readonly holds?: Held;
}

/** What prices are made of, beside a field's arguments. */
export interface PriceScope {
  readonly limits: Limits;
  readonly labelSets: Pick<LabelSets, 'list' | 'find' | 'isEncoded'>;
  readonly models: Pick<ModelRegistry, 'list'>;
  /** What the fields around hold, the inner ones first. */
  readonly within: Held;
}

/** What stands beside a field: its price, or how its arguments make it. */
export type FieldPrice<Args = unknown> = Price | ((args: Args, scope: PriceScope) => Price);

/** What an answer holds, as far as prices of the fields within depend on it. */
export interface Held {
  readonly labels?: TextAmount;
  readonly templates?: TextAmount;
  /** What stands in place of a rejected label. */
  readonly rejectLabel?: TextAmount;
  /** The most scores of a classification, or candidates of a ranking. */
  readonly top?: number;
  readonly candidates?: number;
  /** Entries of a page. */
  readonly page?: number;
  /** Classes of an evaluation. */
  readonly classes?: number;
  /** Of a group, on average. */
  readonly members?: number;
  /** Bytes of the label of a score. */
  readonly labelBytes?: number;
}

/** Of texts that an answer repeats. */
export interface TextAmount {
  readonly count: number;
  /** Of all of them together, as JSON has them. */
  readonly bytes: number;
  /** Of the longest. */
  readonly longest: number;
}

export const NO_TEXTS: TextAmount = { count: 0, bytes: 0, longest: 0 };

export function textAmount(texts: readonly string[]): TextAmount {
  const sizes = texts.map((text) => Buffer.byteLength(JSON.stringify(text)));
  return {
    count: texts.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    longest: sizes.reduce((most, size) => Math.max(most, size), 0),
  };
}

/** On average, one of so many of the texts, which may be the longest. */
export const bytesOfEach = ({ bytes, longest }: TextAmount, entries: number): number =>
  Math.min(longest, bytes / Math.max(entries, 1));
