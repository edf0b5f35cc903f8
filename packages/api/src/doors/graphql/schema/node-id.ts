import { ApiError } from '../../../errors/api-error.ts';
import { quoted } from '../../../errors/one-line.ts';

/** What has an id, by the name of its type. */
const NODE_TYPES: ReadonlySet<string> = new Set([
  'Model',
  'LabelSet',
  'Classifier',
  'Collection',
  'Item',
  'Job',
  'Picture',
]);

/** @throws ApiError BAD_INPUT for what no `id` field gave. */
export function decodeNodeId(globalId: string): { typename: string; id: string } {
  const text = Buffer.from(globalId, 'base64').toString();
  const colon = text.indexOf(':');
  const typename = text.slice(0, Math.max(0, colon));
  if (NODE_TYPES.has(typename)) return { typename, id: text.slice(colon + 1) };
  const got = quoted(globalId);
  throw new ApiError('BAD_INPUT', `expected the id of an object, got ${got}`);
}
