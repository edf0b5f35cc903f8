import { FlatIndex } from '@clipql/core';
import type { EngineSettings, SearchEngine } from './engine.ts';

export async function createClipQl({ dimensions, threads }: EngineSettings): Promise<SearchEngine> {
  const index = await FlatIndex.create({ dimensions, threads });
  return {
    add: async (vectors) => {
      await index.append(vectors);
    },
    search: async (query, k) => {
      const [hits] = await index.search(query, { k });
      return [...hits!.rows];
    },
    close: () => index.dispose(),
  };
}
