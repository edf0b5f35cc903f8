import { useEffect, useRef } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { TEXTS } from '../texts.ts';
import { type Look, type OcclusionMap, strongestPlace } from './occlusion.ts';

const LOOK = TEXTS.look;

/** How dark a part is that does not speak for the label. */
const DARKEST = 0.78;

/** Lies over a picture: what speaks for the label stays bright. */
export function LookOverlay({ map }: { readonly map: OcclusionMap }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { rows, columns, evidence, region } = map;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const most = Math.max(...evidence, Number.MIN_VALUE);
    const pixels = new ImageData(columns, rows);
    for (const [i, value] of evidence.entries()) {
      pixels.data[4 * i + 3] = Math.round(255 * DARKEST * (1 - Math.max(0, value) / most));
    }
    context.putImageData(pixels, 0, 0);
  }, [rows, columns, evidence]);
  const { left, top, width, height } = region;
  const share = (value: number) => `${100 * value}%`;
  return (
    <div class="look" aria-hidden="true">
      <div
        class="look-seen"
        style={{ left: share(left), top: share(top), width: share(width), height: share(height) }}
      >
        <canvas ref={canvas} class="heat" width={columns} height={rows} />
      </div>
    </div>
  );
}

interface LookLegendProps {
  readonly label: string;
  /** Undefined while it is asked for. */
  readonly look: Look | undefined;
  readonly onEnd: () => void;
}

/** What the overlay means, and the same in words. */
export function LookLegend({ label, look, onEnd }: LookLegendProps) {
  const { map, error } = look ?? {};
  return (
    <div class="stack look-legend">
      <p role="status" class="quiet">
        {map !== undefined ? (
          <Sentence label={map.label} text={(name) => sentenceOf(map, name)} />
        ) : (
          error === undefined && <Sentence label={label} text={LOOK.asking} />
        )}
      </p>
      {error !== undefined && <ErrorNote error={error} />}
      {map !== undefined && (
        <div class="legend quiet" aria-hidden="true">
          <span>{LOOK.little}</span>
          <span class="legend-scale" />
          <span>{LOOK.much}</span>
        </div>
      )}
      <button type="button" class="plain" onClick={onEnd}>
        {LOOK.end}
      </button>
    </div>
  );
}

function sentenceOf(map: OcclusionMap, label: string): string {
  const place = strongestPlace(map, LOOK.places);
  if (place === undefined) return LOOK.nowhere(label);
  const parts = map.evidence.filter((value) => value > 0).length;
  const found = LOOK.found(label, place, parts, map.evidence.length);
  const { width, height } = map.region;
  return width < 0.995 || height < 0.995 ? `${found} ${LOOK.cropped}` : found;
}
