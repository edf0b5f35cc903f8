import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES, fillTemplate } from '@clipql/core';
import {
  type ExecutionArgs,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
} from 'graphql';
import { checkAnswerSize } from './answer-size.ts';
import { ApiError } from './errors.ts';
import type { LabelSets } from './label-sets/label-sets.ts';
import { checkImageCount, checkLabels, checkPrompts, checkText, type Limits } from './limits.ts';
import { type Argument, fieldsOf } from './operation-fields.ts';

/**
 * Counts an operation's images and prompts from its arguments, variables and fragments included, and
 * the values of its answer, before anything is resolved: under aliases and in lists, equal or not,
 * they cost what they cost by themselves.
 *
 * @throws ApiError TOO_MANY_IMAGES, TOO_MANY_LABELS, TOO_MANY_PROMPTS or ANSWER_TOO_LARGE for more
 *   than one operation may have.
 */
export function checkOperationWork(
  args: ExecutionArgs,
  limits: Limits,
  labelSets: Pick<LabelSets, 'list' | 'find'>,
): void {
  checkVariables(args, limits);
  const fields = fieldsOf(args);
  let images = 0;
  let prompts = 0;
  let characters = 0;
  for (const { values } of fields) {
    const texts = promptsOf(values, limits);
    for (const { name, type, value } of values) {
      images += countImages(name, type, value);
      for (const text of textsOf(name, type, value, limits)) texts.push(text);
    }
    checkImageCount(images, limits);
    prompts += texts.length;
    characters += texts.reduce((sum, text) => sum + text.length, 0);
    checkPrompts({ prompts, characters }, limits);
  }
  checkAnswerSize(fields, labelSets);
}

/** Before they are coerced, an entry after the other: each is an image, or in a prompt. */
function checkVariables({ variableValues }: ExecutionArgs, limits: Limits): void {
  const lists = Object.values(variableValues ?? {}).filter((value) => Array.isArray(value));
  const entries = lists.reduce((sum, { length }) => sum + length, 0);
  // Labels and templates stand for prompts together.
  const most = 2 * limits.maxPrompts + limits.maxImages;
  if (entries > most) checkPrompts({ prompts: entries, characters: 0 }, limits);
}

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

/** Labels in their templates; those that a resolver will not take count as none. */
function promptsOf(values: readonly Argument[], limits: Limits): string[] {
  const given = (name: string) => values.find((argument) => argument.name === name)?.value;
  const labels = given('labels');
  if (!Array.isArray(labels)) return [];
  const preset = given('preset') === 'ensemble' ? ENSEMBLE_TEMPLATES : DEFAULT_TEMPLATES;
  const templates = (given('templates') ?? preset) as readonly string[];
  if (!isUsable(() => checkLabels(labels, templates, limits))) return [];
  return templates.flatMap((template) => labels.map((label) => fillTemplate(template, label)));
}

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
