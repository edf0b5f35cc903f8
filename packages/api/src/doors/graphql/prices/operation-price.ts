import type { ExecutionArgs } from 'graphql';
import { ApiError } from '../../../errors/api-error.ts';
import { checkAnswerValues, VALUES_AN_OBJECT } from '../../../limits/answers.ts';
import { checkScans } from '../../../limits/collections.ts';
import { checkImageCount } from '../../../limits/images.ts';
import type { Limits } from '../../../limits/limits.ts';
import { checkPrompts, type PromptCount } from '../../../limits/texts.ts';
import { introspectionValues } from './introspection-values.ts';
import { Operation } from './operation.ts';
import { fieldsOf, type RequestedField } from './operation-fields.ts';
import type { Held, Price, PriceScope } from './price.ts';
import { priceOf } from './price-plugin.ts';
import { checkVariables } from './variable-values.ts';

/** What prices rest on, for all operations. */
export interface PricedServices {
  readonly settings: Limits;
  readonly labelSets: PriceScope['labelSets'];
  readonly models: PriceScope['models'];
}

/** What one or several operations cost. */
export interface Cost extends PromptCount {
  readonly images: number;
  readonly scans: number;
  /** Of their answers. */
  readonly values: number;
}

const NOTHING: Cost = { images: 0, scans: 0, prompts: 0, characters: 0, values: 0 };

/**
 * Adds up the prices of all fields of an operation, variables and fragments included, before any is
 * resolved: under aliases and in lists, equal or not, they cost what they cost by themselves.
 *
 * @param cost what the operations before it in the same request cost.
 * @returns what all of them cost.
 * @throws ApiError TOO_MANY_IMAGES, TOO_MANY_SCANS, TOO_MANY_LABELS, TOO_MANY_PROMPTS or ANSWER_TOO_LARGE for more
 *   than one operation may have, BAD_INPUT for variables of more values than that takes; GraphQLError
 *   for a variable that is not of its type.
 */
export function checkOperationPrice(
  args: ExecutionArgs,
  { settings: limits, labelSets, models }: PricedServices,
  cost: Cost = NOTHING,
): Cost {
  checkVariables(args, limits);
  const operation = Operation.of(args);
  if (operation === undefined) return cost;
  const rates = { limits, labelSets, models };
  const before = new Map<RequestedField | undefined, Bill>([
    [undefined, { places: 1, within: {} }],
  ]);
  /** By arguments: a fragment may stand in a thousand places, and hold a list of as many literals. */
  const ofRoots = new Map<unknown, Price>();
  let { images, scans, prompts, characters, values } = cost;
  for (const field of fieldsOf(operation)) {
    const { places, within } = before.get(field.outer)!;
    const isRoot = field.outer === undefined;
    const price =
      (isRoot ? ofRoots.get(field.args) : undefined) ?? evaluate(field, { ...rates, within });
    if (isRoot && field.args !== undefined) ofRoots.set(field.args, price);
    images += places * (price.images ?? 0);
    checkImageCount(images, limits);
    scans += places * (price.scans ?? 0);
    checkScans(scans);
    prompts += places * (price.prompts ?? 0);
    characters += places * (price.characters ?? 0);
    checkPrompts({ prompts, characters }, limits);
    const entries = places * (price.length ?? 1);
    values += (field.isList ? places : 0) + entries * weightOf(field, price);
    if (field.isIntrospection) values += introspectionValues(field, operation);
    before.set(field, { places: entries, within: { ...within, ...price.holds } });
  }
  checkAnswerValues(values);
  return { images, scans, prompts, characters, values };
}

/** How often a field's object stands in the answer, and what it holds. */
interface Bill {
  readonly places: number;
  readonly within: Held;
}

const weightOf = ({ isLeaf }: RequestedField, { values = 1 }: Price): number =>
  values + (isLeaf ? 0 : VALUES_AN_OBJECT);

function evaluate({ definition, args }: RequestedField, scope: PriceScope): Price {
  const price = priceOf(definition) ?? {};
  if (typeof price !== 'function') return price;
  // Its resolver is never called.
  if (args === undefined) return {};
  try {
    return price(args, scope);
  } catch (error) {
    // The resolver will say the same of this field alone.
    if (error instanceof ApiError && error.code === 'BAD_INPUT') return {};
    throw error;
  }
}
