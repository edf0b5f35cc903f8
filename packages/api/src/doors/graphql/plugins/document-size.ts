import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large a GraphQL document is once its fragments stand where they are spread. */
export interface DocumentSize {
  /** Levels of fields and inline fragments within each other. */
  readonly depth: number;
  /** Fields under another name than their own. */
  readonly aliases: number;
  /** Fields, inline fragments and spreads. */
  readonly selections: number;
  /** Definitions of fragments and operations. */
  readonly definitions: number;
  readonly directives: number;
}

type Size = Omit<DocumentSize, 'definitions'>;

const NOTHING: Size = { depth: 0, aliases: 0, selections: 0, directives: 0 };

/**
 * Measures a document before it is validated, in time that grows with its own length and not with
 * what its fragments unfold to.
 *
 * @param maxDepth where measuring stops: what is deeper has infinite depth.
 * @param maxDefinitions likewise.
 */
export function documentSize(
  { definitions }: DocumentNode,
  maxDepth: number,
  maxDefinitions: number,
): DocumentSize {
  if (definitions.length > maxDefinitions) return { ...NOTHING, definitions: definitions.length };
  const fragments = new Map<string, FragmentDefinitionNode>();
  const sizes = new Map<string, Size>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }

  const sizeOfFragment = (name: string): Size => {
    const known = sizes.get(name);
    const fragment = fragments.get(name);
    if (known !== undefined || fragment === undefined) return known ?? NOTHING;
    // One that spreads itself is for validation to refuse.
    sizes.set(name, NOTHING);
    const size = sizeOfSet(fragment.selectionSet, 0);
    sizes.set(name, size);
    return size;
  };

  const sizeOfSelection = (node: SelectionNode, level: number): Size => {
    const inner =
      node.kind === Kind.FRAGMENT_SPREAD
        ? sizeOfFragment(node.name.value)
        : deeper(sizeOfSet(node.selectionSet, level + 1));
    return {
      depth: inner.depth,
      aliases: inner.aliases + (node.kind === Kind.FIELD && node.alias !== undefined ? 1 : 0),
      selections: inner.selections + 1,
      directives: inner.directives + (node.directives?.length ?? 0),
    };
  };

  const sizeOfSet = (set: SelectionSetNode | undefined, level: number): Size => {
    if (set === undefined) return NOTHING;
    if (level > maxDepth) return { ...NOTHING, depth: Number.POSITIVE_INFINITY };
    return set.selections.map((node) => sizeOfSelection(node, level)).reduce(beside, NOTHING);
  };

  const size = definitions
    .map((node) => {
      if (node.kind === Kind.FRAGMENT_DEFINITION) return sizeOfFragment(node.name.value);
      return node.kind === Kind.OPERATION_DEFINITION ? sizeOfSet(node.selectionSet, 0) : NOTHING;
    })
    .reduce(beside, NOTHING);
  return { ...size, definitions: definitions.length };
}

const deeper = (size: Size): Size => ({ ...size, depth: size.depth + 1 });

const beside = (a: Size, b: Size): Size => ({
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  selections: a.selections + b.selections,
  directives: a.directives + b.directives,
});

/** Of two documents as if they were one. */
export const sizeOfBoth = (a: DocumentSize, b: DocumentSize): DocumentSize => ({
  ...beside(a, b),
  definitions: a.definitions + b.definitions,
});
