import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is, with its fragments put in where they are spread. */
export interface DocumentMeasure {
  /** Fields on the longest way down. */
  readonly depth: number;
  /** Fields at the top. */
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields that ask for a page, each of which may be a call to the upstream. */
  readonly pages: number;
  /** Fields that the answer may hold: those of a page count once for each record it asks for. */
  readonly cost: number;
}

const NOTHING: DocumentMeasure = { depth: 0, rootFields: 0, aliases: 0, directives: 0, pages: 0, cost: 0 };

/**
 * Measures all operations of a document together. Each fragment is measured once, however often it is spread,
 * so the time is that of reading the document once; one that spreads itself counts as empty there, since
 * validation refuses it. `pageSizeOf` gives how many records a field asks for, `undefined` where it is no page.
 */
export function measureDocument(
  document: DocumentNode,
  pageSizeOf: (field: FieldNode) => number | undefined,
): DocumentMeasure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, DocumentMeasure>();

  function ofFragment(name: string): DocumentMeasure {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING);
    const measure = ofSelections(fragments.get(name)?.selectionSet);
    measured.set(name, measure);
    return measure;
  }

  function ofSelections(set: SelectionSetNode | undefined): DocumentMeasure {
    return (set?.selections ?? []).map(ofSelection).reduce(add, NOTHING);
  }

  function ofSelection(selection: SelectionNode): DocumentMeasure {
    const own = { ...NOTHING, directives: selection.directives?.length ?? 0 };
    if (selection.kind === Kind.FRAGMENT_SPREAD) return add(own, ofFragment(selection.name.value));
    const inside = ofSelections(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return add(own, inside);
    const pageSize = pageSizeOf(selection);
    return {
      depth: inside.depth + 1,
      rootFields: 1,
      aliases: inside.aliases + (selection.alias === undefined ? 0 : 1),
      directives: inside.directives + own.directives,
      pages: inside.pages + (pageSize === undefined ? 0 : 1),
      cost: 1 + inside.cost * (pageSize ?? 1),
    };
  }

  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map(({ directives, selectionSet }) =>
      add({ ...NOTHING, directives: directives?.length ?? 0 }, ofSelections(selectionSet)),
    )
    .reduce(add, NOTHING);
}

function add(a: DocumentMeasure, b: DocumentMeasure): DocumentMeasure {
  return {
    depth: Math.max(a.depth, b.depth),
    rootFields: a.rootFields + b.rootFields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    pages: a.pages + b.pages,
    cost: a.cost + b.cost,
  };
}
