import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import {
  checkAnswerValues,
  MAX_INTROSPECTION_VALUES,
  textValues,
  VALUES_AN_OBJECT,
} from '../../../limits/answers.ts';
import type { Operation } from './operation.ts';
import type { RequestedField } from './operation-fields.ts';

/**
 * Values of an answer to `__schema` or `__type`: counted by walking the schema itself, once for each part
 * of it and each selection, however many places both meet in.
 *
 * @throws ApiError ANSWER_TOO_LARGE as soon as there are too many.
 */
export function introspectionValues({ node, definition }: RequestedField, operation: Operation) {
  const info = { schema: operation.schema } as GraphQLResolveInfo;
  const known = new Map<SelectionSetNode, Map<unknown, number>>();
  let visited = 0;

  const ofField = (
    inner: FieldNode,
    field: GraphQLField<unknown, unknown>,
    source: unknown,
  ): number => {
    const value = field.resolve?.(source, operation.argumentsOf(field, inner) ?? {}, null, info);
    return ofValue(value, inner.selectionSet, getNamedType(field.type));
  };

  const ofValue = (
    value: unknown,
    set: SelectionSetNode | undefined,
    type: GraphQLNamedType,
  ): number => {
    if (Array.isArray(value)) {
      return value.reduce<number>((sum, entry) => sum + ofValue(entry, set, type), 1);
    }
    if (typeof value === 'string') return 1 + textValues(value.length);
    return set === undefined || value == null ? 1 : ofObject(value, set, type);
  };

  const ofObject = (value: object, set: SelectionSetNode, type: GraphQLNamedType): number => {
    const sizes = known.get(set) ?? new Map<unknown, number>();
    known.set(set, sizes);
    const before = sizes.get(value);
    if (before !== undefined) return before;
    let size = 1 + VALUES_AN_OBJECT;
    operation.eachField(set, type, (inner) => {
      // Each is a value of the answer, at least once.
      visited += 1;
      checkAnswerValues(visited, MAX_INTROSPECTION_VALUES);
      const field = isObjectType(type) ? type.getFields()[inner.name.value] : undefined;
      size += field === undefined ? 1 : ofField(inner, field, value);
    });
    sizes.set(value, size);
    return size;
  };

  const values = ofField(node, definition, undefined);
  checkAnswerValues(values, MAX_INTROSPECTION_VALUES);
  return values;
}
