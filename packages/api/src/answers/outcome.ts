import { meaningOf } from '../errors/error-codes.ts';
import { type PublicError, publicError } from '../errors/public-error.ts';
import type { Context } from './context.ts';

/** Why one input of several has no answer. */
export class InputFailure {
  /** Its place among the inputs, from 0. */
  readonly index: number;
  readonly kind: 'image' | 'text';
  readonly error: PublicError;
  /** Whether the same input may be answered later. */
  readonly retryable: boolean;

  constructor(index: number, kind: 'image' | 'text', error: PublicError) {
    this.index = index;
    this.kind = kind;
    this.error = error;
    this.retryable = meaningOf(error).retryable;
  }
}

/**
 * Answers several inputs, each for itself: one that fails leaves the others their answers.
 *
 * @throws ApiError or ClipError for a failure that is of the whole operation, such as
 *   TOO_MANY_IMAGES, or when the server is too busy for every input.
 */
export async function answerEach<Input, Answer>(
  inputs: readonly Input[],
  kindOf: (input: Input) => 'image' | 'text',
  answer: (input: Input, index: number) => Promise<Answer>,
  describe: Context['describe'],
): Promise<(Answer | InputFailure)[]> {
  const settled = await Promise.allSettled(inputs.map(answer));
  const [first] = settled;
  if (first?.status === 'rejected' && settled.every(wasTurnedAway)) throw first.reason;
  return settled.map((result, i) => {
    if (result.status === 'fulfilled') return result.value;
    const known = publicError(result.reason);
    if (known !== undefined && meaningOf(known).wholeOperation) throw result.reason;
    return new InputFailure(i, kindOf(inputs[i]!), describe(result.reason));
  });
}

/** With a status by which clients and proxies know to come back later. */
function wasTurnedAway(result: PromiseSettledResult<unknown>): boolean {
  const error = result.status === 'rejected' ? publicError(result.reason) : undefined;
  return error !== undefined && meaningOf(error).status === 429;
}
