import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { quoted } from '../errors/one-line.ts';
import type { Limits } from './limits.ts';

/** Of all prompts of one operation: tokenizing takes a second or two for them. */
export const MAX_PROMPT_CHARACTERS = 1_000_000;

const LABEL_PLACE = '{}';

/**
 * Checks what is to be classified before any work is done for it.
 *
 * @throws ApiError TOO_MANY_LABELS; TOO_MANY_PROMPTS; BAD_INPUT for no labels or templates, an
 *   empty or overlong label, or a template without `{}`.
 */
export function checkLabels(
  labels: readonly string[],
  templates: readonly string[],
  limits: Limits,
): void {
  if (labels.length === 0) throw badInput('expected at least 1 label, got none');
  if (templates.length === 0) throw badInput('expected at least 1 template, got none');
  if (labels.length > limits.maxLabels) {
    throw new ApiError(
      'TOO_MANY_LABELS',
      `expected at most ${grouped(limits.maxLabels)} labels, got ${grouped(labels.length)}`,
    );
  }
  const prompts = labels.length * templates.length;
  if (prompts > limits.maxPrompts) {
    const where = `${grouped(labels.length)} labels × ${grouped(templates.length)} templates`;
    throw tooManyPrompts(where, prompts, limits);
  }
  for (const [i, label] of labels.entries()) checkLabel(i, label, limits);
  for (const template of templates) checkTemplate(template, limits);
  const longestLabel = Math.max(...labels.map((label) => label.length));
  for (const template of templates) checkPromptLength(template, longestLabel, limits);
}

/** @throws ApiError BAD_INPUT for a text that is too long to embed. */
export function checkText(text: string, limits: Limits): void {
  checkLength('the text', text, limits);
}

/** How much text is asked for. */
export interface PromptCount {
  readonly prompts: number;
  /** Of all of them together. */
  readonly characters: number;
}

/** @throws ApiError TOO_MANY_PROMPTS when they, or their characters, are more than allowed. */
export function checkPrompts({ prompts, characters }: PromptCount, limits: Limits): void {
  if (prompts > limits.maxPrompts) throw tooManyPrompts('one operation', prompts, limits);
  if (characters <= MAX_PROMPT_CHARACTERS) return;
  throw new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${grouped(MAX_PROMPT_CHARACTERS)} characters in all prompts of one operation, got ${grouped(characters)}`,
  );
}

function checkLabel(index: number, label: string, limits: Limits): void {
  if (label.trim() === '') {
    throw badInput(`expected a text as label ${index + 1}, got an empty one`);
  }
  checkLength(`label ${index + 1}`, label, limits);
}

function checkTemplate(template: string, limits: Limits): void {
  checkLength('a template', template, limits);
  if (template.includes(LABEL_PLACE)) return;
  const got = quoted(template);
  throw badInput(`expected a template with ${LABEL_PLACE}, where the label goes, got ${got}`);
}

/** A template may repeat its label: twice as much as a text in all. */
function checkPromptLength(template: string, longestLabel: number, limits: Limits): void {
  const most = 2 * limits.maxTextLength;
  const places = template.split(LABEL_PLACE).length - 1;
  const length = template.length + places * (longestLabel - LABEL_PLACE.length);
  if (length <= most) return;
  throw badInput(
    `expected at most ${grouped(most)} characters in a label with its template, got ${grouped(length)}`,
  );
}

function checkLength(what: string, text: string, { maxTextLength }: Limits): void {
  if (text.length <= maxTextLength) return;
  throw badInput(
    `expected at most ${grouped(maxTextLength)} characters in ${what}, got ${grouped(text.length)}`,
  );
}

function tooManyPrompts(where: string, prompts: number, { maxPrompts }: Limits): ApiError {
  return new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${grouped(maxPrompts)} prompts, got ${grouped(prompts)} (${where})`,
  );
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);
