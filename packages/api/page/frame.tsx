import { useCallback, useEffect, useState } from 'preact/hooks';
import { formatAddress } from './address.ts';
import { ErrorNote } from './parts/error-note.tsx';
import { KeyDialog } from './parts/key-dialog.tsx';
import { useFocusKept } from './parts/use-focus-kept.ts';
import { TEXTS } from './texts.ts';
import { useViews } from './use-views.ts';
import type { LoadedView, View } from './view.ts';
import { VIEWS } from './views.ts';

const NAMES = VIEWS.map(({ name }) => name);

/** The page: its name, its tabs, and the view that the address names. */
export function Frame() {
  const { shown, views, write } = useViews(NAMES);
  const { title } = VIEWS.find(({ name }) => name === shown)!;
  useEffect(() => {
    document.title = `${title} · ${TEXTS.name}`;
  }, [title]);

  const main = useFocusKept();
  const linkTo = (name: string) =>
    formatAddress({ view: name, parameters: views.get(name)?.parameters ?? new URLSearchParams() });
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {TEXTS.frame.skip}
      </button>
      <header class="frame-header">
        <a class="wordmark" href="#/">
          {TEXTS.name}
        </a>
        <nav aria-label={TEXTS.frame.views}>
          {VIEWS.map((view) => (
            <a
              key={view.name}
              href={linkTo(view.name)}
              aria-current={view.name === shown ? 'page' : undefined}
            >
              {view.title}
            </a>
          ))}
        </nav>
      </header>
      <main ref={main} id="main" tabIndex={-1}>
        {VIEWS.filter(({ name }) => views.has(name)).map((view) => (
          <section key={view.name} hidden={view.name !== shown} aria-label={view.title}>
            <Shown
              key={views.get(view.name)!.visit}
              view={view}
              isShown={view.name === shown}
              parameters={views.get(view.name)!.parameters}
              write={write}
            />
          </section>
        ))}
      </main>
      <KeyDialog />
    </>
  );
}

interface ShownProps {
  readonly view: View;
  readonly isShown: boolean;
  readonly parameters: URLSearchParams;
  readonly write: (view: string, parameters: URLSearchParams) => void;
}

/** A view, once its code is there. */
function Shown({ view, isShown, parameters, write }: ShownProps) {
  const [loaded, setLoaded] = useState<LoadedView | undefined>(
    'Content' in view ? view : undefined,
  );
  const [error, setError] = useState<Error>();
  const load = useCallback(() => {
    setError(undefined);
    if ('load' in view)
      view.load().then(setLoaded, () => setError(new Error(TEXTS.frame.viewFailed)));
  }, [view]);
  useEffect(load, [load]);
  const { name } = view;
  const onParameters = useCallback((next: URLSearchParams) => write(name, next), [name, write]);
  if (error !== undefined) return <ErrorNote error={error} onRetry={load} />;
  if (loaded === undefined) return <p class="quiet">{TEXTS.frame.loading}</p>;
  return <loaded.Content parameters={parameters} isShown={isShown} onParameters={onParameters} />;
}
