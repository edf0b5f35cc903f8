import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { Operation } from './operation.ts';

/** A field that is to be resolved. */
export interface RequestedField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
  /** As a resolver gets them, the same object wherever the field stands; undefined where it gets none. */
  readonly args: Readonly<Record<string, unknown>> | undefined;
  /** Whether it is a scalar, an enum, or a list of them. */
  readonly isLeaf: boolean;
  readonly isList: boolean;
  /** Whether it is `__schema` or `__type`; what is within is not among the fields. */
  readonly isIntrospection: boolean;
  /** The one whose selection it is in. */
  readonly outer: RequestedField | undefined;
}

/** Every field that an operation asks for, once for each place where it stands, outer ones first. */
export function fieldsOf(operation: Operation): readonly RequestedField[] {
  const found: RequestedField[] = [];
  const visit = (node: FieldNode, parent: GraphQLNamedType, outer: RequestedField | undefined) => {
    const definition = definitionOf(node.name.value, parent, outer === undefined);
    if (definition === undefined) return;
    const type = getNamedType(definition.type);
    const field = {
      node,
      definition,
      args: operation.argumentsOf(definition, node),
      isLeaf: isLeafType(type),
      isList: isList(definition.type),
      isIntrospection: definition === SchemaMetaFieldDef || definition === TypeMetaFieldDef,
      outer,
    };
    found.push(field);
    if (node.selectionSet === undefined || field.isIntrospection) return;
    operation.eachField(node.selectionSet, type, (inner, on) => visit(inner, on, field));
  };
  operation.eachField(operation.node.selectionSet, operation.root, (node, on) =>
    visit(node, on, undefined),
  );
  return found;
}

const isList = (type: GraphQLOutputType): boolean => isListType(getNullableType(type));

/** @returns undefined for what no type has, which validation refuses. */
function definitionOf(
  name: string,
  parent: GraphQLNamedType,
  isRoot: boolean,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name && isCompositeType(parent)) return TypeNameMetaFieldDef;
  if (isRoot && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (isRoot && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
