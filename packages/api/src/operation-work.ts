import { DEFAULT_TEMPLATES, ENSEMBLE_TEMPLATES, fillTemplate } from '@clipql/core';
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
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { ApiError } from './errors.ts';
import { checkImageCount, checkLabels, checkPrompts, checkText, type Limits } from './limits.ts';

/**
 * Counts an operation's images and prompts from its arguments, variables and fragments included,
 * before anything is resolved: under aliases and in lists they cost what they cost by themselves.
 *
 * @throws ApiError TOO_MANY_IMAGES, TOO_MANY_LABELS or TOO_MANY_PROMPTS for more than one operation
 *   may have.
 */
export function checkOperationWork(args: ExecutionArgs, limits: Limits): void {
  const prompts = new Set<string>();
  let images = 0;
  for (const values of argumentsOf(args)) {
    for (const { name, type, value } of values) {
      images += countImages(name, type, value);
      for (const text of textsOf(name, type, value, limits)) prompts.add(text);
    }
    checkImageCount(images, limits);
    for (const prompt of promptsOf(values, limits)) prompts.add(prompt);
    checkPrompts([...prompts], limits);
  }
}

/** An argument of a field, as a resolver would get it. */
interface Argument {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly value: unknown;
}

/** The arguments of every field that is to be resolved, field by field. */
function argumentsOf(args: ExecutionArgs): (readonly Argument[])[] {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [];
  const { coerced } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
  );
  // Wrong variables are for execution to report, which then resolves nothing.
  if (coerced === undefined) return [];
  const found: (readonly Argument[])[] = [];

  const visitField = (node: FieldNode, parent: GraphQLNamedType) => {
    const field = fieldOf(parent, node.name.value);
    if (field === undefined) return;
    found.push(argumentsOfField(field, node, coerced));
    if (node.selectionSet) visit(node.selectionSet, getNamedType(field.type));
  };

  const visit = ({ selections }: SelectionSetNode, parent: GraphQLNamedType) => {
    for (const node of selections.filter((selection) => isIncluded(selection, coerced))) {
      if (node.kind === Kind.FIELD) visitField(node, parent);
      else {
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragmentOf(document, node);
        const type = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
        if (fragment) visit(fragment.selectionSet, type ?? parent);
      }
    }
  };

  visit(operation.selectionSet, root);
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

function countImages(name: string, type: GraphQLInputType, value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, entry) => sum + countImages(name, type, entry), 0);
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return name === 'imageUrl' ? 1 : 0;
  if (named.name === 'ImageInput') return 1;
  return Object.entries(value).reduce<number>((sum, [key, inner]) => {
    const field = named.getFields()[key];
    return field === undefined ? sum : sum + countImages(key, field.type, inner);
  }, 0);
}

/** Those under the name `text`, here or within; one that is too long for a resolver counts as none. */
function textsOf(name: string, type: GraphQLInputType, value: unknown, limits: Limits): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => textsOf(name, type, entry, limits));
  if (typeof value === 'string')
    return name === 'text' && isUsable(() => checkText(value, limits)) ? [value] : [];
  const named = getNamedType(type);
  // An uploaded file is an object as well, of as many entries as it has bytes.
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = named.getFields()[key];
    return field === undefined ? [] : textsOf(key, field.type, inner, limits);
  });
}

/** Labels in their templates; those that a resolver will not take count as none. */
function promptsOf(values: readonly Argument[], limits: Limits): string[] {
  const given = (name: string) => values.find((argument) => argument.name === name)?.value;
  const labels = given('labels');
  if (!Array.isArray(labels)) return [];
  const preset = given('preset') === 'ensemble' ? ENSEMBLE_TEMPLATES : DEFAULT_TEMPLATES;
  const templates = (given('templates') ?? preset) as readonly string[];
  if (!isUsable(() => checkLabels(labels, templates, limits))) return [];
  return templates.flatMap((template) => labels.map((label) => fillTemplate(template, label)));
}

/** @throws ApiError other than BAD_INPUT. */
function isUsable(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'BAD_INPUT') return false;
    throw error;
  }
}
