import {
  buildSchema,
  type GraphQLField,
  type GraphQLSchema,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../schema/index.ts';
import { priceOf } from './price-plugin.ts';

type Field = GraphQLField<unknown, unknown>;

/** Its own resolver, as it stands beside the field. */
const resolverOf = ({ extensions, resolve }: Field): unknown =>
  (extensions.pothosOptions as { resolve?: unknown } | undefined)?.resolve ?? resolve;

/** What takes the context reaches models, loaders and label sets by it. */
function takesContext(field: Field): boolean {
  const resolve = resolverOf(field);
  return typeof resolve === 'function' && resolve.length >= 3;
}

function fieldsWithoutPrice(of: GraphQLSchema): readonly string[] {
  const roots = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()];
  return Object.values(of.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(
          (field) =>
            roots.some((root) => root === type) ||
            field.args.length > 0 ||
            isListType(getNullableType(field.type)) ||
            takesContext(field),
        )
        .filter((field) => priceOf(field) === undefined)
        .map((field) => `${type.name}.${field.name}`),
    );
}

test('every list, every field with arguments and every field that computes has a price', () => {
  expect(fieldsWithoutPrice(schema)).toEqual([]);
});

test('a field without a price is found', () => {
  const bare = buildSchema(`
    type Query { image: Image! }
    interface Sized { sizes: [Int!] }
    type Image implements Sized { sizes: [Int!] name(long: Boolean): String computed: Int plain: Int }
  `);
  const image = bare.getType('Image');
  if (isObjectType(image)) {
    image.getFields().computed!.resolve = (_image, _args, context) => Number(context);
    image.getFields().plain!.resolve = () => 1;
  }
  expect(fieldsWithoutPrice(bare)).toEqual([
    'Query.image',
    'Sized.sizes',
    'Image.sizes',
    'Image.name',
    'Image.computed',
  ]);
});
