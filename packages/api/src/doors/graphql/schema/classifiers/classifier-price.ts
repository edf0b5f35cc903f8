import {
  MAX_CLASS_LABEL,
  MAX_CLASS_TEXT,
  MAX_CLASS_TEXTS,
  MAX_CLASSES,
} from '../../../../limits/classifiers.ts';
import { longTexts } from '../label-set-price.ts';

/** Which classifier it will be is known once it is looked up: it costs what the largest would. */
export const MOST_CLASS_LABELS = longTexts(MAX_CLASSES, MAX_CLASS_LABEL);
export const MOST_CLASS_TEXTS = longTexts(MAX_CLASS_TEXTS, MAX_CLASS_TEXT);
