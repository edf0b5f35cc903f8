import type { ClassifyMode } from '@clipql/core';
import { type Asked, askClassifier } from '../../answers/teach/classifier-question.ts';
import type { LocalStore } from '../collections/local-store.ts';
import { withModels } from '../store-sessions.ts';
import { localClassifiers } from './teach-locally.ts';

/** Asks a classifier of the data folder, with its own model unless the command names one. @throws as `askClassifier` does. */
export async function askLocally(
  store: LocalStore,
  name: string,
  mode: ClassifyMode | undefined,
  work: (asked: Asked) => Promise<void>,
): Promise<void> {
  const classifiers = localClassifiers(store);
  // A name that is mistyped is better found before a large model is loaded.
  await classifiers.find(name);
  await withModels(store, async (use) =>
    work(await askClassifier({ models: store.models, use, classifiers }, name, { mode })),
  );
}
