import { toNfc } from '../clean/normal-form.ts';
import { type Component, componentsOf, patternOf, unsupported } from './component.ts';
import { type Normalize, precompiledNormalizer } from './precompiled.ts';

/** Expressions that files have, in words of ours that take linear time. */
const EXPRESSIONS: ReadonlyMap<unknown, RegExp> = new Map([
  ['\\s+', /[\p{White_Space}]+/gu],
  [' {2,}', / {2,}/g],
]);

/**
 * Reads the `normalizer`.
 *
 * @throws ClipError MODEL_CONFIG_INVALID for one that is not known, by name.
 */
export function readNormalizer(value: unknown): Normalize {
  const steps = componentsOf(value, 'normalizer', 'normalizers').map(normalizer);
  return (text) => steps.reduce((normalized, step) => step(normalized), text);
}

function normalizer(component: Component): Normalize {
  const { type, json } = component;
  switch (type) {
    case 'NFC':
      return toNfc;
    case 'NFKC':
      return (text) => text.normalize('NFKC');
    case 'Lowercase':
      return (text) => text.toLowerCase();
    case 'Strip':
      return stripper(json.strip_left !== false, json.strip_right !== false);
    case 'Replace':
      return replacer(component);
    case 'Prepend': {
      const prefix = String(json.prepend ?? '');
      return (text) => (text === '' ? '' : prefix + text);
    }
    case 'Precompiled':
      return precompiledNormalizer(json.precompiled_charsmap);
    default:
      throw unsupported('normalizer', component);
  }
}

function replacer(component: Component): Normalize {
  const { text: found, regex } = patternOf(component);
  const { content } = component.json;
  if (typeof content === 'string' && typeof found === 'string' && found !== '') {
    return (text) => text.replaceAll(found, () => content);
  }
  const expression = EXPRESSIONS.get(regex);
  if (typeof content !== 'string' || expression === undefined) {
    throw unsupported('normalizer', component);
  }
  return (text) => text.replace(expression, () => content);
}

const SPACE = /\p{White_Space}/u;

/** Takes white space away, in a loop: an expression for the end would begin anew at each space. */
function stripper(left: boolean, right: boolean): Normalize {
  return (text) => {
    let start = 0;
    let end = text.length;
    while (left && start < end && SPACE.test(text[start]!)) start++;
    while (right && end > start && SPACE.test(text[end - 1]!)) end--;
    return text.slice(start, end);
  };
}
