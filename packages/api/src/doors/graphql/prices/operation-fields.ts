import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLNamedType,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** An argument of a field, as a resolver would get it. */
export interface Argument {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly value: unknown;
}

/** A field that is to be resolved. */
export interface RequestedField {
  /** For example `Embedding.values`. */
  readonly name: string;
  /** The same array for each place where a fragment puts the field. */
  readonly values: readonly Argument[];
  /** Whether it is a scalar, an enum, or a list of them. */
  readonly isLeaf: boolean;
  /** The one whose selection it is in. */
  readonly outer: RequestedField | undefined;
}

/**
 * Every field that an operation asks for, once for each place where it stands.
 *
 * @throws GraphQLError for the first variable that is not of its type.
 */
export function fieldsOf(args: ExecutionArgs): readonly RequestedField[] {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [];
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
    // Each error quotes all that it is in: a million wrong keys would quote themselves a million times.
    { maxErrors: 1 },
  );
  if (coerced === undefined) throw errors[0];
  const found: RequestedField[] = [];
  const valuesOf = new Map<FieldNode, readonly Argument[]>();
  type Outer = RequestedField | undefined;

  const visitField = (node: FieldNode, parent: GraphQLNamedType, outer: Outer) => {
    const field = fieldOf(parent, node.name.value);
    if (field === undefined) return;
    const type = getNamedType(field.type);
    // A fragment may stand in a thousand places, and hold a list of as many literals.
    const values = valuesOf.get(node) ?? argumentsOfField(field, node, coerced);
    valuesOf.set(node, values);
    const requested = {
      name: `${parent.name}.${field.name}`,
      values,
      isLeaf: isLeafType(type),
      outer,
    };
    found.push(requested);
    if (node.selectionSet) visit(node.selectionSet, type, requested);
  };

  const visit = ({ selections }: SelectionSetNode, parent: GraphQLNamedType, outer: Outer) => {
    for (const node of selections.filter((selection) => isIncluded(selection, coerced))) {
      if (node.kind === Kind.FIELD) visitField(node, parent, outer);
      else {
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragmentOf(document, node);
        const type = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
        if (fragment) visit(fragment.selectionSet, type ?? parent, outer);
      }
    }
  };

  visit(operation.selectionSet, root, undefined);
  return found;
}

function fragmentOf(document: DocumentNode, { name }: FragmentSpreadNode) {
  return document.definitions.find(
    (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name.value,
  ) as FragmentDefinitionNode | undefined;
}

function fieldOf(parent: GraphQLNamedType, name: string) {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

type Variables = Readonly<Record<string, unknown>>;

function argumentsOfField(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Variables,
): readonly Argument[] {
  try {
    const values = getArgumentValues(field, node, variables);
    return field.args.map(({ name, type }) => ({ name, type, value: values[name] }));
  } catch {
    // So does a resolver get none of them.
    return [];
  }
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}
