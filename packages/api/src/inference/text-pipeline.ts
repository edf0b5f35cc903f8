import { type Clip, normalized, type TokenizedText } from '@clipql/core';
import { withQueuedSpans, withRefusalSpan } from '../telemetry/tracing.ts';
import type { Admission } from './admission.ts';
import type { BatchResult } from './batcher.ts';
import type { Caller } from './caller.ts';
import type { EmbeddingCache } from './embedding-cache.ts';
import type { EncodedText } from './encoded.ts';
import type { Line } from './fair-queue.ts';
import { SingleFlight, whileThere } from './single-flight.ts';
import { type TokenizerClock, TokenizerLine } from './tokenizer-line.ts';

interface TextPipelineParts {
  readonly admission: Admission;
  readonly clip: Clip;
  /** By the text. */
  readonly cache: EmbeddingCache<EncodedText>;
  /** Seconds of tokenizing that may wait. */
  readonly queueSeconds: number;
  readonly tokenizerClock: TokenizerClock | undefined;
  /** Runs a text in a batch with others. */
  readonly run: (text: TokenizedText, line: Line, signal: AbortSignal) => Promise<BatchResult>;
}

/** From texts to embeddings, equal ones of all requests once. */
export class TextPipeline {
  readonly #parts: TextPipelineParts;
  readonly #flights = new SingleFlight<EncodedText>();
  readonly #tokenizer: TokenizerLine;
  /** Of a forward pass, by the number of tokens. */
  readonly #operations: number[] = [];

  constructor(parts: TextPipelineParts) {
    this.#parts = parts;
    this.#tokenizer = new TokenizerLine(parts.clip, parts.queueSeconds, parts.tokenizerClock);
  }

  /**
   * @param texts different ones.
   * @throws ApiError OVERLOADED before a text is tokenized; the signal's reason once the caller has gone.
   */
  async encode(texts: readonly string[], { signal, account }: Caller): Promise<EncodedText[]> {
    const { admission, cache } = this.#parts;
    const known = new Map(texts.map((text) => [text, cache.get(text)]));
    const missing = texts.filter((text) => known.get(text) === undefined);
    const flightKey = (text: string) => cache.flightKey(text, account);
    const fresh = missing.filter((text) => !this.#flights.has(flightKey(text)));
    // By their bytes, before they are tokenized. Cached and in-flight texts are free.
    const operations = fresh.reduce((sum, text) => sum + this.#mostOperations(text), 0);
    const ticket =
      operations === 0
        ? undefined
        : withRefusalSpan('text', () => {
            this.#tokenizer.check(fresh, account);
            return admission.take(account, operations);
          });
    const tokenized = await this.#tokenizer
      .tokenize(fresh, account, signal)
      .catch((error: unknown) => {
        ticket?.release();
        throw error;
      });
    const begun: Promise<EncodedText>[] = [];
    const joined = missing.map((text) =>
      this.#flights.join(flightKey(text), (flightSignal) => {
        const result = this.#encodeOne(text, tokenized.get(text), account, flightSignal);
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
    line: Line,
    signal: AbortSignal,
  ): Promise<EncodedText> {
    const { clip, cache, run } = this.#parts;
    const { ids, truncated } = tokenized ?? clip.tokenize(text);
    const { embedding, encoding } = await withQueuedSpans(
      'forward',
      () => run({ ids, truncated }, line, signal),
      (result) => result.encoding,
    );
    const direction = normalized(embedding);
    const encoded = { tokens: ids.length, truncated, embedding, direction };
    cache.set(text, { ...encoded, encoding: 0 });
    return { ...encoded, encoding };
  }

  /** Of a forward pass, if each byte were a token: no vocabulary has a character of more tokens than bytes. */
  #mostOperations(text: string): number {
    const { contextLength } = this.#parts.clip.info;
    const tokens = Math.min(Buffer.byteLength(text) + 2, contextLength);
    this.#operations[tokens] ??= this.#operationsOf(tokens);
    return this.#operations[tokens];
  }

  #operationsOf(tokens: number): number {
    const { clip } = this.#parts;
    const { ids } = clip.tokenize('');
    const more = new Array<number>(Math.max(0, tokens - ids.length)).fill(ids[0] ?? 0);
    return clip.textOperations({ ids: [...more, ...ids], truncated: false });
  }
}
