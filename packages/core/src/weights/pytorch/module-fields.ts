/** The fields of a TorchScript module and of those in it, by their paths: the names of its state dict. */
import { pytorchFault } from './fault.ts';
import { PickleModule, type PickleValue } from './pickle-values.ts';

/** Modules may be in each other by many paths, or in themselves: these bound what a small pickle can name. */
const MAX_DEPTH = 32;
const MAX_FIELDS = 100_000;
const MAX_PATH = 500;

/**
 * Everything in a module that is no module, depth first in the order of the pickle.
 *
 * @throws ClipError WEIGHTS_INVALID for a tree that is too deep or too large.
 */
export function* fieldsOf(root: PickleModule): Generator<readonly [string, PickleValue]> {
  let count = 0;
  function* walk(
    module: PickleModule,
    prefix: string,
    depth: number,
  ): Generator<readonly [string, PickleValue]> {
    if (depth > MAX_DEPTH) throw pytorchFault(`its modules lie more than ${MAX_DEPTH} deep`);
    for (const [name, value] of module.fields) {
      const path = `${prefix}${name}`;
      count++;
      if (count > MAX_FIELDS) throw pytorchFault(`its modules have more than ${MAX_FIELDS} fields`);
      if (path.length > MAX_PATH) throw pytorchFault('a field in it has an endless name');
      if (value instanceof PickleModule) yield* walk(value, `${path}.`, depth + 1);
      else yield [path, value];
    }
  }
  yield* walk(root, '', 1);
}
