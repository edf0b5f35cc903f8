import type { ImageClassification } from '../answers/classify.ts';
import { describeError } from '../errors/public-error.ts';
import { classificationJson, classificationTable } from './classify-output.ts';
import { csvLine } from './csv.ts';

export const ANSWER_FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;
export type AnswerFormat = (typeof ANSWER_FORMATS)[number];

/** What came of one image. */
export interface Answered {
  readonly image: string;
  /** Undefined where there is an error. */
  readonly answer?: ImageClassification;
  readonly error?: unknown;
}

/** Writes answers one by one, so that the first is there before the last is known. */
export interface AnswerWriter {
  write(answered: Answered): void;
  /** Behind the last. */
  end(): void;
}

/**
 * @param top the most labels of an answer, the best first.
 * @param write takes text, such as that of standard output.
 */
export function answerWriter(
  format: AnswerFormat,
  top: number,
  write: (text: string) => void,
): AnswerWriter {
  return WRITERS[format](top, write);
}

const WRITERS: Record<AnswerFormat, (top: number, write: (text: string) => void) => AnswerWriter> =
  {
    table: (top, write) => ({
      write: ({ image, answer }) => {
        if (answer) write(classificationTable(image, answer, top));
      },
      end: () => {},
    }),
    json: (top, write) => {
      let before = '[\n';
      return {
        write: (answered) => {
          write(`${before}${JSON.stringify(toJson(answered, top), null, 2).replace(/^/gm, '  ')}`);
          before = ',\n';
        },
        end: () => write('\n]\n'),
      };
    },
    jsonl: (top, write) => ({
      write: (answered) => write(`${JSON.stringify(toJson(answered, top))}\n`),
      end: () => {},
    }),
    csv: (top, write) => {
      let header = csvLine(CSV_COLUMNS);
      return {
        write: (answered) => {
          write(`${header}${csvRows(answered, top)}`);
          header = '';
        },
        end: () => {},
      };
    },
  };

function toJson({ image, answer, error }: Answered, top: number): object {
  const result = answer ? classificationJson(answer, top) : { error: describeError(error) };
  return { image, ...result };
}

const CSV_COLUMNS = [
  ...['image', 'rank', 'label', 'probability', 'cosine', 'logit'],
  ...['error_code', 'error_message'],
];

/** A line a label, the best first; for an image that failed one line, with the error. */
function csvRows({ image, answer, error }: Answered, top: number): string {
  if (answer === undefined) {
    const { code, message } = describeError(error);
    return csvLine([image, '', '', '', '', '', code, message]);
  }
  return answer.scores
    .slice(0, top)
    .map(({ label, probability, cosine, logit }, i) =>
      csvLine([image, i + 1, label, probability ?? '', cosine, logit, '', '']),
    )
    .join('');
}
