import type { TensorView } from '../tensor-view.ts';

/** The batch norm behind a convolution, of which the parameter is the weight or the bias. */
export interface BatchNorm {
  readonly name: string;
  readonly epsilon: number;
  readonly gives: 'weight' | 'bias';
}

/** Where a checkpoint has one of our parameters. */
export interface Place {
  readonly tensor: string;
  /** How the parameter lies in it; as it is unless given. */
  readonly view?: TensorView;
  /** What is folded into it. */
  readonly batchNorm?: BatchNorm;
  /** Where the parameter is one of several parts of equal height: which, and of how many. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** How a family of checkpoints spells its tensors' names: the one place that knows. */
export interface Layout {
  /** @param name one of our parameters. */
  place(name: string): Place;
  /** Names of tensors that belong to a layer: each has to be one that the model uses. */
  readonly layers: RegExp;
}

/** The weight and the bias of a convolution without a bias and the batch norm behind it. */
export function normalizedConvolution(
  kind: 'weight' | 'bias',
  {
    tensor,
    view,
    norm,
    epsilon,
  }: { tensor: string; view: TensorView; norm: string; epsilon: number },
): Place {
  const batchNorm = { name: norm, epsilon, gives: kind };
  return kind === 'weight' ? { tensor, view, batchNorm } : { tensor: `${norm}.bias`, batchNorm };
}

/** Our names and a checkpoint's. */
export interface Names {
  readonly exact: Readonly<Record<string, string | Place>>;
  readonly prefixes: readonly (readonly [ours: string, theirs: string])[];
  /** Parts of a name, replaced after its prefix; the first that is there. */
  readonly inside: readonly (readonly [ours: string, theirs: string])[];
}

/** `vision.blocks.0.norm1.weight` → `vision_model.encoder.layers.0.layer_norm1.weight` */
export function placeByNames({ exact, prefixes, inside }: Names, name: string): Place {
  const known = exact[name];
  if (known !== undefined) return typeof known === 'string' ? { tensor: known } : known;
  const prefix = prefixes.find(([ours]) => name.startsWith(ours));
  if (prefix === undefined) throw new Error(`parameter ${name} has no name in a checkpoint`);
  const renamed = prefix[1] + name.slice(prefix[0].length);
  const part = inside.find(([ours]) => renamed.includes(ours));
  return { tensor: part === undefined ? renamed : renamed.replace(part[0], part[1]) };
}
