import { textValues } from '../../../limits/answers.ts';
import { bytesOfEach, type Price, type TextAmount } from '../prices/price.ts';

/** Bytes of a line that quotes the beginning of what it is about. */
const LINE_BYTES = 200;

/** Of a list of lines for people, at most so many. */
export const priceOfLines = (length: number): Price => ({
  length,
  values: 1 + textValues(LINE_BYTES),
});

/** Of a list that repeats texts as they were given. */
export const priceOfTexts = (texts: TextAmount | undefined): Price => ({
  length: texts?.count ?? 0,
  values: 1 + textValues(texts === undefined ? 0 : bytesOfEach(texts, texts.count)),
});
