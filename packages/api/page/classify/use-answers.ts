import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { askPatiently } from '../server/ask.ts';
import { type Answer, imageInput, type Outcome, type Picture } from './picture.ts';
import { classifyOperation, isAskable, type Question, questionKey } from './question.ts';

/** Pictures that are asked about at a time: the server puts them into one batch. */
const AT_A_TIME = 4;

interface UnderWay {
  readonly key: string;
  readonly control: AbortController;
}

/**
 * Keeps each picture’s outcome that of its question. What is under way for another question is cancelled.
 *
 * @param questionOf what a picture is to be asked.
 * @param onOutcome with a picture’s id.
 */
export function useAnswers(
  pictures: readonly Picture[],
  questionOf: (picture: Picture) => Question,
  onOutcome: (id: number, outcome: Outcome) => void,
): void {
  const underWay = useRef(new Map<number, UnderWay>());
  const wanted = new Map(pictures.map((one) => [one.id, questionOf(one)]));
  const keys = new Map([...wanted].map(([id, question]) => [id, questionKey(question)]));

  // At once: an effect that runs later may be of a state without the outcome that has just ended a request.
  useLayoutEffect(() => {
    const running = underWay.current;
    for (const [id, { key, control }] of running) {
      if (keys.get(id) === key) continue;
      control.abort();
      running.delete(id);
    }
    for (const one of pictures) {
      if (running.size >= AT_A_TIME) break;
      const key = keys.get(one.id)!;
      const image = imageInput(one);
      const isDone = one.outcome?.key === key || running.has(one.id);
      if (isDone || image === undefined || !isAskable(wanted.get(one.id)!)) continue;
      const control = new AbortController();
      running.set(one.id, { key, control });
      const question = { ...wanted.get(one.id)!, rejectBelow: 0 };
      const end = (outcome: Outcome) => {
        if (control.signal.aborted) return;
        running.delete(one.id);
        onOutcome(one.id, outcome);
      };
      askPatiently<Answer>(classifyOperation(image, question), control.signal).then(
        (answer) => end({ key, answer }),
        (error: Error) => end({ key, error }),
      );
    }
  });

  useEffect(
    () => () => {
      for (const { control } of underWay.current.values()) control.abort();
    },
    [],
  );
}
