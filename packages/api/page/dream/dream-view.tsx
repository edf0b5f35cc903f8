import { useCallback, useRef, useState } from 'preact/hooks';
import { CopyAs } from '../copy/copy-as.tsx';
import { firstPicture } from '../parts/dropped-files.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { useIncoming } from '../parts/use-incoming.ts';
import { useScrollTo } from '../parts/use-scroll-to.ts';
import { useStateInAddress } from '../parts/use-state-in-address.ts';
import { useServerFacts } from '../server/facts.ts';
import { TEXTS } from '../texts.ts';
import type { ViewProps } from '../view.ts';
import './dream.css';
import { Drawing } from './drawing.tsx';
import { Gallery } from './gallery.tsx';
import {
  copiedStart,
  type Picture,
  type PictureChange,
  startOperation,
  wishOf,
} from './picture.ts';
import { usePictures } from './use-pictures.ts';
import { useStartPicture } from './use-start-picture.ts';
import { anotherSeed, isDrawable, readWish, type Wish, withPrompt, writeWish } from './wish.ts';
import { WishPanel } from './wish-panel.tsx';

const DREAM = TEXTS.dream;

/** Words are typed, and the server draws them, step by step. */
export function DreamView({ parameters, isShown, onParameters }: ViewProps) {
  const { facts, error: factsError, refresh } = useServerFacts();
  const [wish, setWish] = useState(() => readWish(parameters));
  const [draft, setDraft] = useState('');
  const [refusal, setRefusal] = useState<Error>();
  const [isStarting, setIsStarting] = useState(false);
  const { pictures, error, hasMore, more, retry, start, change } = usePictures(
    wish.picture,
    facts?.limits.pictures ?? false,
  );
  const startPicture = useStartPicture(wish.from, facts?.limits);
  const onWish = useCallback(
    (some: Partial<Wish>) => setWish((last) => ({ ...last, ...some })),
    [],
  );
  useStateInAddress(writeWish(wish), { isShown, onParameters });
  const { setFile } = startPicture;
  useIncoming(isShown, {
    onFiles: useCallback(
      (files: readonly File[]) => {
        setFile(firstPicture(files));
        onWish({ from: '' });
      },
      [setFile, onWish],
    ),
    onUrl: useCallback((from: string) => onWish({ from }), [onWish]),
  });
  const whole = withDraft(wish, draft.trim());
  const isWaiting = startPicture.name !== undefined && startPicture.sent === undefined;
  const place = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  // On a narrow screen the picture is below the words, and above the gallery.
  const scrollTo = useScrollTo();
  const [said, setSaid] = useState('');
  const open = (picture: string) => {
    onWish({ picture });
    scrollTo(place);
  };
  const drawn = useRef('');
  const latest = useRef({ wish, draft });
  latest.current = { wish, draft };
  const draw = () => {
    const asked = JSON.stringify(copiedStart(whole, startPicture.own));
    const next = asked === drawn.current ? { ...whole, seed: anotherSeed(whole.seed) } : whole;
    setRefusal(undefined);
    setSaid('');
    setIsStarting(true);
    start(startOperation(next, startPicture.sent))
      .then(({ id }) => {
        drawn.current = JSON.stringify(copiedStart(next, startPicture.own));
        // What has been changed since stays as it is.
        const now = latest.current;
        if (now.draft === draft && now.wish.prompts === wish.prompts) {
          onWish({ prompts: whole.prompts });
          setDraft('');
        }
        if (now.wish.seed === wish.seed) onWish({ seed: next.seed });
        if (now.wish.picture === wish.picture) open(id);
      }, setRefusal)
      .finally(() => setIsStarting(false));
  };
  const changeShown = async (id: string, one: PictureChange) => {
    await change(id, one);
    if (one !== 'deletePicture') return;
    setWish((last) => (last.picture === id ? { ...last, picture: '' } : last));
  };
  const takeSettings = (picture: Picture) => {
    onWish(wishOf(picture, facts?.models.map(({ name }) => name) ?? []));
    drawn.current = '';
    setFile(undefined);
    setDraft('');
    setSaid(DREAM.used);
    scrollTo(panel);
  };
  const shown = pictures?.find(({ id }) => id === wish.picture) ?? pictures?.[0];
  if (facts?.limits.pictures === false) return <Off />;
  return (
    <>
      <h1>{DREAM.title}</h1>
      <p class="dream-lead">{DREAM.lead}</p>
      {factsError !== undefined && <ErrorNote error={factsError} onRetry={refresh} />}
      {error !== undefined && <ErrorNote error={error} onRetry={retry} />}
      <div class="dream">
        <WishPanel
          wish={wish}
          onWish={onWish}
          draft={draft}
          onDraft={setDraft}
          start={startPicture}
          facts={facts}
          isFirst={pictures?.length === 0}
          isReady={isDrawable(whole) && !isWaiting && !isStarting}
          onStart={draw}
          error={refusal}
          said={said}
          element={panel}
        />
        <div class="stack">
          {shown === undefined ? (
            <p class="quiet dream-empty">
              {pictures === undefined && (error ?? factsError) === undefined
                ? TEXTS.frame.loading
                : DREAM.noneYet}
            </p>
          ) : (
            <Drawing
              key={shown.id}
              picture={shown}
              onChange={(one) => changeShown(shown.id, one)}
              onUse={() => takeSettings(shown)}
              place={place}
            />
          )}
          {isDrawable(whole) && <CopyAs operation={copiedStart(whole, startPicture.own)} />}
        </div>
      </div>
      {pictures !== undefined && pictures.length > 0 && (
        <Gallery pictures={pictures} shown={shown} hasMore={hasMore} onMore={more} onOpen={open} />
      )}
    </>
  );
}

function Off() {
  return (
    <>
      <h1>{DREAM.title}</h1>
      <div class="stack dream-lead">
        <p>{DREAM.lead}</p>
        <div class="notice stack">
          <p>{DREAM.off}</p>
          <p>
            <code>{DREAM.turnOn}</code>
          </p>
        </div>
      </div>
    </>
  );
}

/** What is being typed is drawn too. */
const withDraft = (wish: Wish, draft: string): Wish =>
  draft === '' ? wish : { ...wish, prompts: withPrompt(wish.prompts, { text: draft, weight: 1 }) };
