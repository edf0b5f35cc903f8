import { ClassifyView } from './classify/classify-view.tsx';
import { TEXTS } from './texts.ts';
import type { View } from './view.ts';

/**
 * The tabs in their order. The first is shown where the address names none: its code comes with the page's, since each
 * more file of the first load takes its time.
 */
export const VIEWS: readonly View[] = [
  {
    name: 'classify',
    title: TEXTS.views.classify,
    Content: ClassifyView,
  },
  {
    name: 'search',
    title: TEXTS.views.search,
    load: async () => ({ Content: (await import('./search/search-view.tsx')).SearchView }),
  },
  {
    name: 'teach',
    title: TEXTS.views.teach,
    load: async () => ({ Content: (await import('./teach/teach-view.tsx')).TeachView }),
  },
  {
    name: 'dream',
    title: TEXTS.views.dream,
    load: async () => ({ Content: (await import('./dream/dream-view.tsx')).DreamView }),
  },
  {
    name: 'status',
    title: TEXTS.views.status,
    load: async () => ({ Content: (await import('./status/status-view.tsx')).StatusView }),
  },
  {
    name: 'reference',
    title: TEXTS.views.reference,
    load: async () => ({ Content: (await import('./reference/reference-view.tsx')).ReferenceView }),
  },
];
