import { PICTURE_WEIGHTS } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';
import { quoted } from '../errors/one-line.ts';
import { isText } from './is-text.ts';

/** Pixels a side of a picture that a server draws: a larger one gains little detail, and its files are large. */
export const MAX_PICTURE_SIDE = 512;
/** Of one picture, negative ones included. */
export const MAX_PICTURE_PROMPTS = 8;
/** Characters of a prompt. */
export const MAX_PICTURE_TEXT = 300;
/** How strongly a prompt may count. */
export const MAX_PICTURE_WEIGHT = 10;
/** That take turns. */
export const MAX_PICTURE_MODELS = 3;
/** Of one owner, that are not over. */
export const MAX_OPEN_PICTURES = 10;
/** Of one owner, over or not. */
export const MAX_PICTURES = 100;

/** What is asked for, as far as limits are about it. */
export interface AskedPicture {
  readonly prompts: readonly AskedPrompt[];
  readonly negativePrompts: readonly AskedPrompt[];
  readonly size: number;
  readonly seed: number;
  readonly models: readonly string[];
}

interface AskedPrompt {
  readonly text: string;
  /** Undefined for the usual one. */
  readonly weight: number | undefined;
}

/** @throws ApiError BAD_INPUT for a picture that is larger than a server draws, or has more of something. */
export function checkAskedPicture(asked: AskedPicture): void {
  const prompts = [...asked.prompts, ...asked.negativePrompts];
  checkAtMost(prompts.length, MAX_PICTURE_PROMPTS, 'prompts of a picture');
  for (const { text, weight = 1 } of prompts) {
    checkAtMost(text.length, MAX_PICTURE_TEXT, 'characters in a prompt');
    if (!isText(text)) {
      throw badInput(`expected a prompt in Unicode without NUL, got ${quoted(text)}`);
    }
    if (weight >= PICTURE_WEIGHTS.least && weight <= MAX_PICTURE_WEIGHT) continue;
    throw badInput(
      `expected a weight of ${PICTURE_WEIGHTS.least} to ${MAX_PICTURE_WEIGHT}, got ${weight}; what to stay away from is one of negativePrompts`,
    );
  }
  checkAtMost(asked.size, MAX_PICTURE_SIDE, 'pixels a side of a picture');
  checkAtMost(asked.models.length, MAX_PICTURE_MODELS, 'models for a picture');
  if (new Set(asked.models).size < asked.models.length) {
    throw badInput('expected models of a picture to be different ones, got one twice');
  }
  if (asked.seed >= 0) return;
  throw badInput(`expected a seed of at least 0, got ${asked.seed}`);
}

/** @throws ApiError TOO_MANY_PICTURES for one more than an owner may have. */
export function checkPictureCounts({ open, all }: { open: number; all: number }): void {
  if (all >= MAX_PICTURES) throw tooMany(`${MAX_PICTURES} pictures, got ${all + 1}: delete one`);
  checkOpenPictures(open);
}

/** @throws ApiError TOO_MANY_PICTURES for one more that is not over than an owner may have. */
export function checkOpenPictures(open: number): void {
  if (open < MAX_OPEN_PICTURES) return;
  throw tooMany(`${MAX_OPEN_PICTURES} pictures that are not over, got ${open + 1}`);
}

function checkAtMost(value: number, most: number, what: string): void {
  if (value <= most) return;
  throw badInput(`expected at most ${grouped(most)} ${what}, got ${grouped(value)}`);
}

const badInput = (message: string): ApiError => new ApiError('BAD_INPUT', message);

const tooMany = (most: string): ApiError =>
  new ApiError('TOO_MANY_PICTURES', `expected at most ${most}`);
