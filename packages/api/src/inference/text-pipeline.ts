import { type Clip, normalized, type TokenizedText } from '@clipql/core';
import type { Admission } from './admission.ts';
import type { BatchResult } from './batcher.ts';
import type { Caller } from './caller.ts';
import type { EmbeddingCache } from './embedding-cache.ts';
import type { EncodedText } from './encoded.ts';
import { SingleFlight, whileThere } from './single-flight.ts';
import { tokenizeAll } from './tokenize-all.ts';

interface TextPipelineParts {
  readonly admission: Admission;
  readonly clip: Clip;
  /** By the text. */
  readonly cache: EmbeddingCache<EncodedText>;
  /** Runs a text in a batch with others. */
  readonly run: (text: TokenizedText, signal: AbortSignal) => Promise<BatchResult>;
}

/** From texts to embeddings, equal ones of all requests once. */
export class TextPipeline {
  readonly #parts: TextPipelineParts;
  readonly #flights = new SingleFlight<EncodedText>();

  constructor(parts: TextPipelineParts) {
    this.#parts = parts;
  }

  /**
   * @param texts different ones.
   * @throws ApiError OVERLOADED before the model runs; the signal's reason once the caller has gone.
   */
  async encode(texts: readonly string[], { signal, account }: Caller): Promise<EncodedText[]> {
    const { admission, clip, cache } = this.#parts;
    const known = new Map(texts.map((text) => [text, cache.get(text)]));
    const missing = texts.filter((text) => known.get(text) === undefined);
    const fresh = missing.filter((text) => !this.#flights.has(text));
    const tokenized = await tokenizeAll(clip, fresh, signal);
    const operations = [...tokenized.values()].reduce(
      (sum, text) => sum + clip.textOperations(text),
      0,
    );
    // What is known, or others pay for, costs nothing.
    const ticket = operations === 0 ? undefined : admission.take(account, operations);
    const begun: Promise<EncodedText>[] = [];
    const joined = missing.map((text) =>
      this.#flights.join(text, (flightSignal) => {
        const result = this.#encodeOne(text, tokenized.get(text), flightSignal);
        begun.push(result);
        return result;
      }),
    );
    void Promise.allSettled(begun).then(() => ticket?.release());
    const encoded = await whileThere(joined, signal);
    for (const [i, text] of missing.entries()) known.set(text, encoded[i]);
    return texts.map((text) => known.get(text)!);
  }

  async #encodeOne(
    text: string,
    tokenized: TokenizedText | undefined,
    signal: AbortSignal,
  ): Promise<EncodedText> {
    const { clip, cache, run } = this.#parts;
    const { ids, truncated } = tokenized ?? clip.tokenize(text);
    const { embedding, encoding } = await run({ ids, truncated }, signal);
    const direction = normalized(embedding);
    const encoded = { tokens: ids.length, truncated, embedding, direction };
    cache.set(text, { ...encoded, encoding: 0 });
    return { ...encoded, encoding };
  }
}
