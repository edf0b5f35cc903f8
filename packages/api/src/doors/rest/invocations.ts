import { chooseModel } from '../../answers/choose-model.ts';
import { classifyImages, type ImageClassification } from '../../answers/classify.ts';
import { InputFailure } from '../../answers/outcome.ts';
import { ApiError } from '../../errors/api-error.ts';
import { bodyLimits } from '../requests/body-limits.ts';
import { httpFailure } from '../requests/http-error.ts';
import { readJsonObject } from '../requests/request-body.ts';
import { cutHeader } from './cut-header.ts';
import type { Door } from './door.ts';
import { imageOfText } from './image-text.ts';

/** An image's best classes, best first: their places among the classes, their names, how probable. */
type TopClasses = readonly [readonly number[], readonly string[], readonly number[]];

const MOST_CLASSES = 3;

/** Names the images that have no answer. */
const FAILURES_HEADER = 'clipql-failed-images';
/** Names the classes that were longer than the model's context. */
const CUT_HEADER = 'clipql-cut-classes';

/**
 * `POST /invocations`, with `{"images": [URL or base64, …], "classes": […]}`, as SageMaker sends it.
 *
 * The answer is an array with one {@link TopClasses} an image. An image that fails has three empty
 * lists, and its place and code are in the header `clipql-failed-images`; when every image fails,
 * the request does, with the first one's error. Places of classes that were cut are in the header
 * `clipql-cut-classes`.
 */
export const invocations: Door = {
  method: 'POST',
  answer: async (request, context, { settings, keepBytes }) => {
    const body = await readJsonObject(request, bodyLimits(settings), keepBytes);
    const images = textsOf(body, 'images', 'URLs or base64 texts').map(imageOfText);
    const labels = textsOf(body, 'classes', 'texts');
    const session = await chooseModel(context, {});
    const question = { labels, mode: 'softmax', topK: MOST_CLASSES } as const;
    const outcomes = await classifyImages(session, images, question, context.describe);
    const failures = outcomes.filter((outcome) => outcome instanceof InputFailure);
    const [first] = failures;
    if (first !== undefined && failures.length === images.length) return httpFailure(first.error);
    const [cut = []] = outcomes.flatMap((outcome) =>
      outcome instanceof InputFailure ? [] : [outcome.cutLabels],
    );
    const headers = {
      ...(failures.length > 0 && { [FAILURES_HEADER]: failuresText(failures) }),
      ...cutHeader(CUT_HEADER, cut),
    };
    return Response.json(outcomes.map(topClasses), { headers });
  },
  fail: httpFailure,
};

function topClasses(outcome: ImageClassification | InputFailure): TopClasses {
  if (outcome instanceof InputFailure) return [[], [], []];
  const { scores } = outcome;
  return [
    scores.map(({ index }) => index),
    scores.map(({ label }) => label),
    scores.map(({ probability }) => probability ?? 0),
  ];
}

const failuresText = (failures: readonly InputFailure[]): string =>
  failures.map(({ index, error }) => `${index}=${error.code}`).join(', ');

function textsOf(body: Readonly<Record<string, unknown>>, name: string, what: string): string[] {
  const value = body[name];
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value;
  }
  const got = value === undefined ? 'none' : 'something else';
  throw new ApiError('BAD_INPUT', `expected "${name}" as a list of ${what}, got ${got}`);
}
