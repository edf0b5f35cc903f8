import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** An operation with its variables, read as its execution would read it. */
export class Operation {
  readonly node: OperationDefinitionNode;
  readonly root: GraphQLNamedType;
  readonly schema: ExecutionArgs['schema'];
  readonly #variables: Variables;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #arguments = new Map<FieldNode, Variables | undefined>();

  constructor(
    schema: ExecutionArgs['schema'],
    { node, root }: Pick<Operation, 'node' | 'root'>,
    variables: Variables,
    document: DocumentNode,
  ) {
    this.schema = schema;
    this.node = node;
    this.root = root;
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
  }

  /**
   * @returns undefined where there is nothing to run.
   * @throws GraphQLError for the first variable that is not of its type.
   */
  static of(args: ExecutionArgs): Operation | undefined {
    const { schema, document, operationName, variableValues } = args;
    const node = getOperationAST(document, operationName);
    const root = node && schema.getRootType(node.operation);
    if (!node || !root) return undefined;
    const { coerced, errors } = getVariableValues(
      schema,
      node.variableDefinitions ?? [],
      variableValues ?? {},
      // Each error quotes all that it is in: a million wrong keys would quote themselves a million times.
      { maxErrors: 1 },
    );
    if (coerced === undefined) throw errors[0];
    return new Operation(schema, { node, root }, coerced, document);
  }

  /** Calls back for each field of a selection, fragments unfolded, with the type that it stands on. */
  eachField(
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType,
    visit: (node: FieldNode, parent: GraphQLNamedType) => void,
  ): void {
    for (const node of selections) {
      if (!this.#isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) visit(node, parent);
      else {
        const fragment =
          node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
        const on = fragment?.typeCondition;
        const type = on && this.schema.getType(on.name.value);
        if (fragment) this.eachField(fragment.selectionSet, type ?? parent, visit);
      }
    }
  }

  /** As a resolver gets them, read once wherever the field stands; undefined where it gets none. */
  argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Variables | undefined {
    if (this.#arguments.has(node)) return this.#arguments.get(node);
    const values = this.#coerceArguments(field, node);
    this.#arguments.set(node, values);
    return values;
  }

  #coerceArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): Variables | undefined {
    try {
      return getArgumentValues(field, node, this.#variables);
    } catch {
      // The field's own error, once it is resolved.
      return undefined;
    }
  }

  #isIncluded(node: SelectionNode): boolean {
    if (getDirectiveValues(GraphQLSkipDirective, node, this.#variables)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, this.#variables)?.if !== false;
  }
}
