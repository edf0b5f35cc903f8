import { ApiError } from '../errors/api-error.ts';
import { describeError, type PublicError, publicError } from '../errors/public-error.ts';
import { type Account, backgroundAccount } from '../inference/admission.ts';
import type { EncodedImage } from '../inference/encoded.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { Slots } from './slots.ts';
import { StoreFailure } from './store-failure.ts';

/** Images of a job that are decoded or in the model at a time, beyond what fills a batch twice. */
const AT_ONCE = 16;

/** How often an image is tried: a machine that is busy may have been what kept its thread from work. */
const TRIES = 2;
const THREAD_CODES: ReadonlySet<string> = new Set(['IMAGE_DECODE_TIMEOUT', 'WORKER_LOST']);

/** Of the model, not of an image: no later image would fare better. */
const MODEL_CODES: ReadonlySet<string> = new Set(['DISPOSED', 'GPU_LOST', 'OUT_OF_MEMORY']);

/** The way of a job's images through a model, behind those that callers wait for. */
export class ItemEmbedder {
  readonly #model: LoadedModel;
  readonly #account: Account;
  readonly #slots = new Slots(AT_ONCE);

  /** @param party whose job it is: jobs take turns by this. */
  constructor(model: LoadedModel, party: string) {
    this.#model = model;
    this.#account = backgroundAccount(party);
  }

  /**
   * @param begin is called and awaited before the bytes are decoded.
   * @throws ApiError or ClipError for an image that cannot be read; the signal's reason once it is aborted.
   */
  async embed(
    bytes: Uint8Array,
    signal: AbortSignal,
    begin: () => Promise<void>,
  ): Promise<EncodedImage> {
    const release = await this.#slots.take(signal);
    try {
      await begin();
      const { images } = this.#model.inference;
      const caller = { signal, account: this.#account };
      for (let tries = 1; ; tries++) {
        const [result] = await images.encode([{ bytes }], nothingToRead, caller);
        if (!(result instanceof Error)) return result!;
        if (tries === TRIES || !THREAD_CODES.has(publicError(result)?.code ?? '')) throw result;
      }
    } finally {
      release();
    }
  }
}

const nothingToRead = (): never => {
  throw new ApiError('BAD_INPUT', 'expected bytes, got an address');
};

/**
 * What an image failed with.
 *
 * @throws the error where it is not about this image: the store failed, the model is gone, the job was stopped.
 */
export function itemError(error: unknown, signal: AbortSignal): PublicError {
  signal.throwIfAborted();
  if (error instanceof StoreFailure) throw error.cause;
  const known = publicError(error);
  if (known !== undefined && MODEL_CODES.has(known.code)) throw error;
  return describeError(error);
}
