import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES, fillTemplate } from '@clipql/core';
import {
  type ExecutionArgs,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
} from 'graphql';
import { ApiError } from '../../../errors/api-error.ts';
import type { LabelSets } from '../../../label-sets/label-sets.ts';
import {
  checkImageCount,
  checkLabels,
  checkPrompts,
  checkText,
  checkVariableValues,
  type Limits,
  type PromptCount,
} from '../../../limits/limits.ts';
import { checkAnswerSize } from './answer-size.ts';
import { type Argument, fieldsOf } from './operation-fields.ts';

/**
 * Counts an operation's images and prompts from its arguments, variables and fragments included, and
 * the values of its answer, before anything is resolved: under aliases and in lists, equal or not,
 * they cost what they cost by themselves.
 *
 * @throws ApiError TOO_MANY_IMAGES, TOO_MANY_LABELS, TOO_MANY_PROMPTS or ANSWER_TOO_LARGE for more
 *   than one operation may have, BAD_INPUT for variables of more values than that takes; GraphQLError for a variable that is not of its type.
 */
export function checkOperationWork(
  args: ExecutionArgs,
  limits: Limits,
  labelSets: Pick<LabelSets, 'list' | 'find' | 'isEncoded'>,
): void {
  checkVariables(args, limits);
  const fields = fieldsOf(args);
  const workOf = new Map<readonly Argument[], Work>();
  let images = 0;
  let prompts = 0;
  let characters = 0;
  for (const { values } of fields) {
    const work = workOf.get(values) ?? countWork(values, limits, labelSets);
    workOf.set(values, work);
    images += work.images;
    checkImageCount(images, limits);
    prompts += work.prompts;
    characters += work.characters;
    checkPrompts({ prompts, characters }, limits);
  }
  checkAnswerSize(fields, labelSets);
}

interface Work extends PromptCount {
  readonly images: number;
}

/** What the arguments of one field ask for. */
function countWork(
  values: readonly Argument[],
  limits: Limits,
  labelSets: Pick<LabelSets, 'find' | 'isEncoded'>,
): Work {
  const texts = promptsOf(values, limits, labelSets);
  let images = 0;
  for (const { name, type, value } of values) {
    images += countImages(name, type, value);
    for (const text of textsOf(name, type, value, limits)) texts.push(text);
  }
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return { images, prompts: texts.length, characters };
}

/** Of variables, beside what is in lists: `topK`, `model` and their like. */
const OTHER_VALUES = 100;

/**
 * Before they are coerced, which costs the more the less they are what is expected: entries of lists
 * and keys of objects, within each other too.
 */
function checkVariables({ variableValues }: ExecutionArgs, limits: Limits): void {
  // Labels and templates stand for prompts together.
  const entries = 2 * limits.maxPrompts + limits.maxImages;
  const lists = Object.values(variableValues ?? {}).filter((value) => Array.isArray(value));
  const listed = lists.reduce((sum, { length }) => sum + length, 0);
  if (listed > entries) checkPrompts({ prompts: listed, characters: 0 }, limits);
  // An entry that is an image has two keys within it.
  checkValueCount(variableValues ?? {}, 3 * entries + OTHER_VALUES);
}

function checkValueCount(variables: object, most: number): void {
  let count = 0;
  for (const holders = [variables]; ; ) {
    const holder = holders.pop();
    if (holder === undefined) return;
    const values: readonly unknown[] = Object.values(holder);
    count += values.length;
    checkVariableValues(count, most);
    for (const value of values) if (isHolder(value)) holders.push(value);
  }
}

/** A list or an object of JSON; an uploaded file is an object as well, of as many entries as it has bytes. */
const isHolder = (value: unknown): value is object =>
  Array.isArray(value) || (isObject(value) && Object.getPrototypeOf(value) === Object.prototype);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function countImages(name: string, type: GraphQLInputType, value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, entry) => sum + countImages(name, type, entry), 0);
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return name === 'imageUrl' ? 1 : 0;
  if (named.name === 'ImageInput') return 1;
  return Object.entries(value).reduce<number>((sum, [key, inner]) => {
    const field = named.getFields()[key];
    return field === undefined ? sum : sum + countImages(key, field.type, inner);
  }, 0);
}

/** Those under the name `text`, here or within; one that is too long for a resolver counts as none. */
function textsOf(name: string, type: GraphQLInputType, value: unknown, limits: Limits): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => textsOf(name, type, entry, limits));
  if (typeof value === 'string')
    return name === 'text' && isUsable(() => checkText(value, limits)) ? [value] : [];
  const named = getNamedType(type);
  // An uploaded file is an object as well, of as many entries as it has bytes.
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = named.getFields()[key];
    return field === undefined ? [] : textsOf(key, field.type, inner, limits);
  });
}

/** Labels in their templates; those that a resolver will not take count as none, and so does a set that is encoded. */
function promptsOf(
  values: readonly Argument[],
  limits: Limits,
  labelSets: Pick<LabelSets, 'find' | 'isEncoded'>,
): string[] {
  const given = (name: string) => values.find((argument) => argument.name === name)?.value;
  const name = given('labelSet');
  const set = typeof name === 'string' ? labelSets.find(name) : undefined;
  if (set !== undefined) {
    const model = given('model');
    const isEncoded = labelSets.isEncoded(set, typeof model === 'string' ? model : undefined);
    return isEncoded ? [] : filled(set.labels, set.templates);
  }
  const labels = given('labels');
  if (!Array.isArray(labels)) return [];
  const preset = given('preset') === 'ensemble' ? ENSEMBLE_TEMPLATES : DEFAULT_TEMPLATES;
  const templates = (given('templates') ?? preset) as readonly string[];
  if (!isUsable(() => checkLabels(labels, templates, limits))) return [];
  return filled(labels, templates);
}

const filled = (labels: readonly string[], templates: readonly string[]): string[] =>
  templates.flatMap((template) => labels.map((label) => fillTemplate(template, label)));

/** @throws ApiError other than BAD_INPUT. */
function isUsable(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'BAD_INPUT') return false;
    throw error;
  }
}
