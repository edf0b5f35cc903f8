/** Where in what a file holds the model's state dict is. */
import type { ClipError } from '../../errors.ts';
import { pytorchFault } from './fault.ts';
import { fieldsOf } from './module-fields.ts';
import { PickleDict, PickleModule, type PickleValue } from './pickle-values.ts';

/** open_clip's trainer saves the state dict as one of several things. */
const TRAINED = 'state_dict';

/**
 * The values of a state dict, a module, or a checkpoint of training.
 *
 * @throws ClipError WEIGHTS_INVALID where there are none.
 */
export function namedValues(state: PickleValue): {
  readonly values: Iterable<readonly [string, PickleValue]>;
  readonly isTraining: boolean;
} {
  if (state instanceof PickleModule) return { values: fieldsOf(state), isTraining: false };
  if (!(state instanceof PickleDict)) throw pytorchFault('it holds no state dict');
  const trained = state.entries.get(TRAINED);
  return trained instanceof PickleDict
    ? { values: withoutWrapper(namesIn(trained)), isTraining: true }
    : { values: namesIn(state), isTraining: false };
}

type NamedValues = readonly (readonly [string, PickleValue])[];

const namesIn = ({ entries }: PickleDict): NamedValues =>
  Array.from(entries, ([name, value]) => [String(name), value]);

/** `DistributedDataParallel` has the model as its `module`. */
const WRAPPER = 'module.';

const withoutWrapper = (values: NamedValues): NamedValues =>
  values.every(([name]) => name.startsWith(WRAPPER))
    ? values.map(([name, value]) => [name.slice(WRAPPER.length), value])
    : values;

/** The fault of what has none among its values. */
export function withoutTensors(state: PickleValue): ClipError {
  const expected = 'its dict has no tensors: a state dict was expected';
  const names = state instanceof PickleDict ? namesIn(state).map(([name]) => name) : [];
  if (names.length === 0) return pytorchFault(expected);
  const got = names.slice(0, 8).join(', ').slice(0, 200);
  return pytorchFault(
    `${expected}, got ${got}; save it alone, with torch.save(model.state_dict(), FILE)`,
  );
}
