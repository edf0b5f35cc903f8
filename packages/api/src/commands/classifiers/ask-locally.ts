import type { ClassifyMode } from '@clipql/core';
import { type Asked, askClassifier } from '../../answers/teach/classifier-question.ts';
import type { LocalStore } from '../collections/local-store.ts';
import { storeSession } from '../store-session.ts';
import { localClassifiers } from './teach-locally.ts';

/** Asks a classifier of the data folder with the command's model. @throws as `askClassifier` does. */
export async function askLocally(
  store: LocalStore,
  name: string,
  mode: ClassifyMode | undefined,
  work: (asked: Asked) => Promise<void>,
): Promise<void> {
  const classifiers = localClassifiers(store);
  // A name that is mistyped is better found before a large model is loaded.
  await classifiers.find(name);
  const { release, ...session } = await storeSession(store);
  try {
    const served = { models: store.models, use: async () => session };
    await work(await askClassifier({ ...served, classifiers }, name, { mode }));
  } finally {
    release();
  }
}
