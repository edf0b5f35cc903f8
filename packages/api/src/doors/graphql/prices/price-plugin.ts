import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type InputShapeFromFields,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import type { GraphQLField, GraphQLFieldResolver } from 'graphql';
import type { Context } from '../../../answers/context.ts';
import type { LoopSlices } from '../../../limits/loop-slices.ts';
import type { FieldPrice } from './price.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      price: PricePlugin<Types>;
    }

    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /** What the field costs: needed for lists, for fields with arguments and for what computes. */
      price?: FieldPrice<InputShapeFromFields<Args>>;
    }
  }
}

/** Puts each field's price where the walker over operations finds it, and makes long lists in slices. */
class PricePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(
    config: PothosOutputFieldConfig<Types>,
  ): PothosOutputFieldConfig<Types> {
    const { price } = config.pothosOptions;
    return price === undefined
      ? config
      : { ...config, extensions: { ...config.extensions, price } };
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { type }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (type.kind !== 'List') return resolve;
    return (parent, args, context, info) => {
      const { slices } = context as Context;
      const list = resolve(parent, args, context, info);
      return list instanceof Promise
        ? list.then((entries) => inSlices(entries, slices))
        : inSlices(list, slices);
    };
  }
}

/** Lists of more entries than this are interrupted between them. */
const LONG = 100;

/** Entries in time that others can use in between: GraphQL itself would complete all of them at once. */
function inSlices(list: unknown, slices: LoopSlices): unknown {
  if (!Array.isArray(list)) return list;
  if (list.length > LONG && typeof list[0] === 'object') return entriesInSlices(list, slices);
  const turn = slices.next();
  return turn === undefined ? list : turn.then(() => list);
}

async function* entriesInSlices(list: readonly unknown[], slices: LoopSlices) {
  for (const entry of list) {
    const turn = slices.next();
    if (turn !== undefined) await turn;
    yield entry;
  }
}

/** @returns undefined for a field without a price, such as those that a library adds. */
export function priceOf(field: GraphQLField<unknown, unknown>): FieldPrice | undefined {
  return field.extensions.price as FieldPrice | undefined;
}

SchemaBuilder.registerPlugin('price', PricePlugin);
