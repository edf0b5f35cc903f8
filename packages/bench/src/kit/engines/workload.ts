/** What every engine computes: the same pixels, the same token ids. */
export type Workload = ImageWorkload | TextWorkload;

export interface ImageWorkload {
  readonly tower: 'image';
  /** Images of one forward pass; their pixels are the recipe's, seed 0. */
  readonly batch: number;
}

export interface TextWorkload {
  readonly tower: 'text';
  /** Token ids of each text, start and end token included, without padding. */
  readonly ids: readonly (readonly number[])[];
  /** Tokens that engines pad each text to, if they pad. */
  readonly padTo: number;
}

/** Goes into "a photo of a {}.": 32 labels as people write them, of one to four words. */
export const LABELS: readonly string[] = [
  ...['dog', 'cat', 'bird', 'horse', 'sheep', 'elephant', 'golden retriever', 'tabby cat'],
  ...['bicycle', 'motorcycle', 'fire engine', 'sailing boat', 'steam locomotive', 'airliner'],
  ...['red sports car', 'school bus', 'banana', 'slice of pizza', 'cup of coffee', 'wine glass'],
  ...['birthday cake', 'mountain lake', 'snowy forest', 'sandy beach', 'city street at night'],
  ...['kitchen', 'suspension bridge', 'lighthouse', 'football player', 'violin', 'laptop computer'],
  ...['handwritten letter'],
];

/** The batch size of the workload. */
export const batchOf = (workload: Workload): number =>
  workload.tower === 'image' ? workload.batch : workload.ids.length;
