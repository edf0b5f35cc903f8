import { type Argument, EnumName, type Operation, type Value } from '../server/operation.ts';

/** What pictures are asked, as the address has it. */
export interface Question {
  readonly labels: readonly string[];
  /** Instead of labels, where it is not empty. */
  readonly labelSet: string;
  /** Instead of both, where it is not empty. */
  readonly classifier: string;
  /** One of the served models; the first where it is empty. */
  readonly model: string;
  /** OpenAI’s seven templates. */
  readonly ensemble: boolean;
  /** Instead of the model’s own, where there are any. */
  readonly templates: readonly string[];
  /** The probability below which none of the labels is the answer; 0 for never. */
  readonly rejectBelow: number;
}

/** The words that the page begins with: they fit its examples. */
const FIRST_LABELS: readonly string[] = ['mountain', 'sheep', 'boat', 'house', 'flower'];

export function readQuestion(parameters: URLSearchParams): Question {
  const labels = parameters.getAll('label').filter((label) => label.trim() !== '');
  const rejectBelow = Number(parameters.get('reject'));
  return {
    labels: parameters.has('label') ? [...new Set(labels)] : FIRST_LABELS,
    labelSet: parameters.get('set') ?? '',
    classifier: parameters.get('classifier') ?? '',
    model: parameters.get('model') ?? '',
    ensemble: parameters.get('templates') === 'ensemble',
    templates: parameters.getAll('template'),
    rejectBelow: rejectBelow > 0 && rejectBelow < 1 ? rejectBelow : 0,
  };
}

/** @param images addresses of pictures, which the address has beside the question. */
export function writeQuestion(question: Question, images: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const image of images) parameters.append('image', image);
  const { labels, labelSet, classifier, model, ensemble, templates, rejectBelow } = question;
  if (labels.join('\n') !== FIRST_LABELS.join('\n')) {
    // An empty list is another than the one to begin with.
    for (const label of labels.length === 0 ? [''] : labels) parameters.append('label', label);
  }
  if (labelSet !== '') parameters.set('set', labelSet);
  if (classifier !== '') parameters.set('classifier', classifier);
  if (model !== '') parameters.set('model', model);
  if (ensemble) parameters.set('templates', 'ensemble');
  for (const template of templates) parameters.append('template', template);
  if (rejectBelow > 0) parameters.set('reject', String(rejectBelow));
  return parameters;
}

/** Whether there is anything to ask. */
export const isAskable = ({ labels, labelSet, classifier }: Question): boolean =>
  labels.length > 0 || labelSet !== '' || classifier !== '';

/** Equal for questions that have the same scores. */
export const questionKey = (question: Question): string =>
  JSON.stringify(questionArguments({ ...question, rejectBelow: 0 }));

const ANSWER =
  'label rejected calibrated best { label probability cosine } scores { index label probability cosine } ' +
  'image { format width height } timing { total } model { name note } warnings';

/** One picture asked a question. */
export const classifyOperation = (image: Value, question: Question): Operation => ({
  kind: 'query',
  name: 'Classify',
  field: 'classify',
  args: [{ name: 'image', type: 'ImageInput!', value: image }, ...questionArguments(question)],
  selection: ANSWER,
});

/** The same, shorter, for people who read it. */
export const copiedOperation = (images: readonly Value[], question: Question): Operation => {
  const selection = `label ${question.rejectBelow > 0 ? 'rejected ' : ''}scores { label probability }`;
  const asked = questionArguments(question);
  const [image] = images;
  if (images.length === 1) {
    const one: Argument = { name: 'image', type: 'ImageInput!', value: image! };
    return { ...COPIED, field: 'classify', args: [one, ...asked], selection };
  }
  const several: Argument = { name: 'images', type: '[ImageInput!]!', value: images };
  return {
    ...COPIED,
    field: 'classifyMany',
    args: [several, ...asked],
    selection: `__typename ... on Classification { ${selection} } ... on ImageError { code message }`,
  };
};

const COPIED = { kind: 'query', name: 'Classify' } as const;

/** All but the picture. */
export function questionArguments(question: Question): readonly Argument[] {
  const { labels, labelSet, classifier, model, ensemble, templates, rejectBelow } = question;
  const hasOwnTemplates = classifier !== '' || labelSet !== '';
  const given: readonly (Argument | false)[] = [
    classifier !== '' && { name: 'classifier', type: 'String', value: classifier },
    classifier === '' && labelSet !== '' && { name: 'labelSet', type: 'String', value: labelSet },
    !hasOwnTemplates && { name: 'labels', type: '[String!]', value: labels },
    !hasOwnTemplates &&
      templates.length > 0 && { name: 'templates', type: '[String!]', value: templates },
    !hasOwnTemplates &&
      templates.length === 0 &&
      ensemble && { name: 'preset', type: 'TemplatePreset', value: new EnumName('ENSEMBLE') },
    classifier === '' && model !== '' && { name: 'model', type: 'String', value: model },
    rejectBelow > 0 && { name: 'rejectBelow', type: 'Float', value: rejectBelow },
  ];
  return given.filter((argument) => argument !== false);
}
