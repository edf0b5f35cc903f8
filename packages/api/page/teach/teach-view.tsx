import { useState } from 'preact/hooks';
import { useStateInAddress } from '../parts/use-state-in-address.ts';
import { TEXTS } from '../texts.ts';
import type { ViewProps } from '../view.ts';
import './teach.css';
import { StartPanel } from './start-panel.tsx';
import { readTeaching, type Teaching, writeTeaching } from './teaching.ts';
import { Workbench } from './workbench.tsx';

/** Classes with pictures, kept as a classifier of the server that learns from each change. */
export function TeachView({ parameters, isShown, onParameters }: ViewProps) {
  const [teaching, setTeaching] = useState(() => readTeaching(parameters));
  useStateInAddress(writeTeaching(teaching), { isShown, onParameters });
  const onTeaching = (change: Partial<Teaching>) => setTeaching((last) => ({ ...last, ...change }));
  return (
    <>
      <h1>{TEXTS.teach.title}</h1>
      {teaching.classifier === '' ? (
        <StartPanel teaching={teaching} onTeaching={onTeaching} />
      ) : (
        <Workbench
          key={teaching.classifier}
          name={teaching.classifier}
          image={teaching.image}
          isShown={isShown}
          onImage={(image) => onTeaching({ image })}
          onClosed={() => onTeaching({ classifier: '', name: '', labels: [], image: '' })}
        />
      )}
    </>
  );
}
