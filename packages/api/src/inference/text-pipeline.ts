import { type Clip, normalized, type TokenizedText } from '@clipql/core';
import type { EncodedText } from '../text-loader.ts';
import type { BatchResult } from './batcher.ts';
import { SingleFlight, whileThere } from './single-flight.ts';
import { tokenizeAll } from './tokenize-all.ts';

/** Runs a text in a batch with others. */
type RunText = (text: TokenizedText, signal: AbortSignal) => Promise<BatchResult>;

/** From texts to embeddings, equal ones of all requests once. */
export class TextPipeline {
  private readonly clip: Clip;
  private readonly run: RunText;
  private readonly flights = new SingleFlight<EncodedText>();

  constructor(clip: Clip, run: RunText) {
    this.clip = clip;
    this.run = run;
  }

  /** @throws ApiError OVERLOADED; the signal's reason once the caller has gone. */
  async encode(texts: readonly string[], signal: AbortSignal): Promise<EncodedText[]> {
    const fresh = texts.filter((text) => !this.flights.has(text));
    const tokenized = await tokenizeAll(this.clip, fresh, signal);
    const tickets = texts.map((text) =>
      this.flights.join(text, (flightSignal) =>
        this.encodeOne(tokenized.get(text) ?? this.clip.tokenize(text), flightSignal),
      ),
    );
    return whileThere(tickets, signal);
  }

  private async encodeOne(text: TokenizedText, signal: AbortSignal): Promise<EncodedText> {
    const { embedding, encoding } = await this.run(text, signal);
    return {
      tokens: text.ids.length,
      truncated: text.truncated,
      embedding,
      direction: normalized(embedding),
      encoding,
    };
  }
}
