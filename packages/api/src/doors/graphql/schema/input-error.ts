import type { InputFailure } from '../../../answers/outcome.ts';
import { builder } from './builder.ts';
import { ErrorCode } from './error.ts';

export const InputError = builder.interfaceRef<InputFailure>('InputError').implement({
  description: 'Why one input failed; the others are still answered.',
  resolveType: (failure) => errorTypeOf(failure),
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Index of the input, from 0.' }),
    code: t.field({
      type: ErrorCode,
      description: 'A stable code, such as `IMAGE_FETCH_FAILED`.',
      resolve: ({ error }) => error.code,
    }),
    message: t.string({
      description: 'What was expected and what came, in one line.',
      resolve: ({ error }) => error.message,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same input may succeed later.',
    }),
  }),
});

export const ImageError = builder.objectRef<InputFailure>('ImageError').implement({
  description: 'Why an image failed.',
  interfaces: [InputError],
});

export const TextError = builder.objectRef<InputFailure>('TextError').implement({
  description: 'Why a text failed.',
  interfaces: [InputError],
});

/** The name of its type. */
export const errorTypeOf = ({ kind }: InputFailure) =>
  kind === 'image' ? 'ImageError' : 'TextError';
