import type { InputFailure } from '../../../answers/outcome.ts';
import { builder } from './builder.ts';

export const InputError = builder.interfaceRef<InputFailure>('InputError').implement({
  description: 'Why one input of several has no answer; the others have theirs.',
  resolveType: (failure) => errorTypeOf(failure),
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place among the inputs, from 0.' }),
    code: t.string({
      description: 'A stable word for programs, such as `IMAGE_FETCH_FAILED`.',
      resolve: ({ error }) => error.code,
    }),
    message: t.string({
      description: 'What was expected and what came, in one line.',
      resolve: ({ error }) => error.message,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same input may be answered later.',
    }),
  }),
});

export const ImageError = builder.objectRef<InputFailure>('ImageError').implement({
  description: 'Why an image has no answer.',
  interfaces: [InputError],
});

export const TextError = builder.objectRef<InputFailure>('TextError').implement({
  description: 'Why a text has no answer.',
  interfaces: [InputError],
});

/** The name of its type. */
export const errorTypeOf = ({ kind }: InputFailure) =>
  kind === 'image' ? 'ImageError' : 'TextError';
