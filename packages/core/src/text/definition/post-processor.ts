import { isJsonObject, type JsonObject } from '../../json.ts';
import { type Component, componentsOf, invalid, unsupported } from './component.ts';

/** Ids that stand before and after the tokens of every text. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Reads the `post_processor`, for single texts.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for one that is not known, by name.
 */
export function readPostProcessor(value: unknown): Frame {
  let frame: Frame = { before: [], after: [] };
  for (const component of componentsOf(value, 'post_processor', 'processors')) {
    // ByteLevel only moves offsets.
    if (component.type !== 'ByteLevel') frame = frameOf(component);
  }
  return frame;
}

function frameOf(component: Component): Frame {
  const { type, json } = component;
  if (type === 'RobertaProcessing' || type === 'BertProcessing') {
    return { before: [idIn(json.cls, 'cls')], after: [idIn(json.sep, 'sep')] };
  }
  if (type === 'TemplateProcessing') return templateFrame(json);
  throw unsupported('post_processor', component);
}

function idIn(token: unknown, name: string): number {
  const id: unknown = Array.isArray(token) ? token[1] : undefined;
  if (typeof id === 'number' && Number.isInteger(id)) return id;
  throw invalid(
    `post_processor.${name}: expected a token and its id, got ${JSON.stringify(token)}`,
  );
}

function templateFrame({ single, special_tokens: special }: JsonObject): Frame {
  if (!Array.isArray(single) || !isJsonObject(special)) {
    throw invalid('post_processor: expected a template with special tokens');
  }
  const place = single.findIndex((item) => isJsonObject(item) && 'Sequence' in item);
  if (place === -1) throw invalid('post_processor.single: expected a place for the text');
  const idsOf = (items: readonly unknown[]): number[] =>
    items.flatMap((item) => {
      const name = isJsonObject(item) && isJsonObject(item.SpecialToken) && item.SpecialToken.id;
      const token = typeof name === 'string' ? special[name] : undefined;
      const ids = isJsonObject(token) ? token.ids : undefined;
      if (!Array.isArray(ids) || !ids.every(Number.isInteger)) {
        throw invalid(
          `post_processor.single: expected special tokens, got ${JSON.stringify(item)}`,
        );
      }
      return ids as number[];
    });
  return { before: idsOf(single.slice(0, place)), after: idsOf(single.slice(place + 1)) };
}
