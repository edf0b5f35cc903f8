import type { ComponentType } from 'preact';
import { TEXTS } from './texts.ts';

/** What a view gets from the frame. */
export interface ViewProps {
  /** What the address has after `#/NAME?`: the state to begin with. Another address begins the view anew. */
  readonly parameters: URLSearchParams;
  /** Whether it is the one that is seen; the others keep their state. */
  readonly isShown: boolean;
  /** Writes its state into the address, without an entry in the history. */
  readonly onParameters: (parameters: URLSearchParams) => void;
}

/** A tab of the page. */
interface View {
  /** In the address. */
  readonly name: string;
  readonly title: string;
  /** Its code is loaded when it is first shown. */
  readonly load: () => Promise<ComponentType<ViewProps>>;
}

/** The tabs in their order; the first is shown where the address names none. */
export const VIEWS: readonly View[] = [
  {
    name: 'classify',
    title: TEXTS.views.classify,
    load: async () => (await import('./classify/classify-view.tsx')).ClassifyView,
  },
  {
    name: 'search',
    title: TEXTS.views.search,
    load: async () => (await import('./search/search-view.tsx')).SearchView,
  },
  {
    name: 'teach',
    title: TEXTS.views.teach,
    load: async () => (await import('./teach/teach-view.tsx')).TeachView,
  },
  {
    name: 'dream',
    title: TEXTS.views.dream,
    load: async () => (await import('./dream/dream-view.tsx')).DreamView,
  },
  {
    name: 'status',
    title: TEXTS.views.status,
    load: async () => (await import('./status/status-view.tsx')).StatusView,
  },
  {
    name: 'reference',
    title: TEXTS.views.reference,
    load: async () => (await import('./reference/reference-view.tsx')).ReferenceView,
  },
];
