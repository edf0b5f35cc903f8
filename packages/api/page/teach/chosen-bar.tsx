import { useId, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';

const TEACH = TEXTS.teach;

interface ChosenBarProps {
  readonly count: number;
  /** The class of the first of them, which is not where they are to go. */
  readonly from: string | undefined;
  readonly labels: readonly string[];
  readonly onMove: (label: string) => void;
  readonly onRemove: () => void;
  readonly onNone: () => void;
}

/** What can be done with the pictures that are chosen. */
export function ChosenBar({ count, from, labels, onMove, onRemove, onNone }: ChosenBarProps) {
  const [wanted, setWanted] = useState('');
  const id = useId();
  const label = labels.includes(wanted) ? wanted : (labels.find((one) => one !== from) ?? '');
  return (
    <div class="chosen-bar card" hidden={count === 0}>
      <p role="status">{count === 0 ? '' : TEACH.chosen(count)}</p>
      <div class="row">
        <label for={id}>{TEACH.moveTo}</label>
        <select id={id} value={label} onChange={(event) => setWanted(event.currentTarget.value)}>
          {labels.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <button type="button" class="primary" onClick={() => onMove(label)}>
          {TEACH.move}
        </button>
        <button type="button" onClick={onRemove}>
          {TEACH.removePictures}
        </button>
        <button type="button" class="plain" onClick={onNone}>
          {TEACH.chooseNone}
        </button>
      </div>
    </div>
  );
}
