import { z } from 'zod';
import { chooseModel } from '../../answers/choose-model.ts';
import { classifyImages, type ImageClassification } from '../../answers/classify.ts';
import type { Context } from '../../answers/context.ts';
import { InputFailure } from '../../answers/outcome.ts';
import { type Asked, askClassifier } from '../../answers/teach/classifier-question.ts';
import { ApiError } from '../../errors/api-error.ts';
import { EXAMPLES_PATH } from '../../images/example-images.ts';
import { FIRST_EXAMPLE } from '../../images/examples.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { cutHeader } from './cut-header.ts';
import { IMAGE_CODES, MODEL_CODES, STORE_CODES } from './failure-codes.ts';
import { imageOfText } from './image-text.ts';
import { parseFields } from './parse-fields.ts';

const bodySchema = z.strictObject({
  images: z.array(z.string()).min(1).describe('a list of URLs or base64 texts'),
  classes: z.array(z.string()).min(1).optional().describe('a list of texts'),
  classifier: z.string().optional().describe('the name of a classifier, in place of classes'),
});

const MOST_CLASSES = 3;

const topClassesSchema = z
  .tuple([
    z.array(z.int()).max(MOST_CLASSES),
    z.array(z.string()).max(MOST_CLASSES),
    z.array(z.number()).max(MOST_CLASSES),
  ])
  .describe('its best classes, best first: places among the classes, names, probabilities');

/** An image's best classes, best first: their places among the classes, their names, how probable. */
type TopClasses = z.infer<typeof topClassesSchema>;

/** Names the images that have no answer. */
const FAILURES_HEADER = 'clipql-failed-images';
/** Names the classes that were longer than the model's context. */
const CUT_HEADER = 'clipql-cut-classes';
/** Says that the probabilities are calibrated, and how. */
const TEMPERATURE_HEADER = 'clipql-calibration-temperature';

/**
 * `POST /invocations`, with `{"images": [URL or base64, …], "classes": […]}`, as SageMaker sends it; or with
 * `"classifier"`, its name, in place of classes.
 *
 * The answer is an array with one {@link TopClasses} an image. An image that fails has three empty
 * lists, and its place and code are in the header `clipql-failed-images`; when every image fails,
 * the request does, with the first one's error. Places of classes that were cut are in the header
 * `clipql-cut-classes`. A classifier's temperature is in `clipql-calibration-temperature` if its
 * probabilities are calibrated.
 */
export const invocations: Door = {
  answer: async ({ request, context, readJson }) => {
    const { images: texts, ...asked } = parseFields(bodySchema, await readJson());
    const images = texts.map(imageOfText);
    const { session, question } = await askedOf(asked, context);
    const outcomes = await classifyImages(session, images, question, context.describe);
    const failures = outcomes.filter((outcome) => outcome instanceof InputFailure);
    const [first] = failures;
    if (first !== undefined && failures.length === images.length) {
      return failureResponse(first.error, new URL(request.url).pathname);
    }
    const [cut = []] = outcomes.flatMap((outcome) =>
      outcome instanceof InputFailure ? [] : [outcome.cutLabels],
    );
    const headers = {
      ...(failures.length > 0 && { [FAILURES_HEADER]: failuresText(failures) }),
      ...cutHeader(CUT_HEADER, cut),
      ...(question.probe && { [TEMPERATURE_HEADER]: String(question.probe.temperature) }),
    };
    return Response.json(outcomes.map(topClasses), { headers });
  },
  operation: {
    id: 'invoke',
    summary: 'Classify images',
    description:
      'As SageMaker asks its containers. An image that fails has three empty lists; when all fail, the request does, with the first one’s error.',
    body: bodySchema,
    answers: {
      200: {
        description: 'For each image its three best classes',
        schema: z.array(topClassesSchema),
        headers: {
          [FAILURES_HEADER]: 'indices and error codes of images without an answer',
          [CUT_HEADER]: 'indices of classes that were longer than the model’s context',
          [TEMPERATURE_HEADER]:
            'what logits were divided by to calibrate probabilities, if they are',
        },
      },
    },
    errors: [
      ...MODEL_CODES,
      ...IMAGE_CODES,
      ...STORE_CODES,
      'TOO_MANY_LABELS',
      'UNKNOWN_CLASSIFIER',
      'CLASSIFIER_MODEL_MISMATCH',
    ],
    examples: [
      {
        name: 'classify',
        summary: 'Two images, one of which fails',
        body: {
          images: [`${EXAMPLES_PATH}${FIRST_EXAMPLE.file}`, 'no image'],
          classes: ['mountain', 'sheep', 'house', 'car'],
        },
      },
      {
        name: 'noClasses',
        summary: 'No classes',
        body: { images: [`${EXAMPLES_PATH}${FIRST_EXAMPLE.file}`] },
        status: 400,
      },
    ],
  },
};

/** @throws ApiError BAD_INPUT unless one of the two is given; what `askClassifier` throws. */
async function askedOf(
  { classes: labels, classifier }: Omit<z.infer<typeof bodySchema>, 'images'>,
  context: Context,
): Promise<Asked> {
  if ((labels === undefined) === (classifier === undefined)) {
    const got = labels === undefined ? 'neither' : 'both';
    throw new ApiError('BAD_INPUT', `expected either classes or classifier, got ${got}`);
  }
  const asked =
    classifier === undefined
      ? { session: await chooseModel(context, {}), question: { labels: labels! } }
      : await askClassifier(context, classifier, {});
  return { ...asked, question: { ...asked.question, topK: MOST_CLASSES } };
}

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
