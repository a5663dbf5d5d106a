import {
  isInterfaceType,
  isObjectType,
  getNamedType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
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
  /** Fields that the result may hold: those of a page count once for each record it asks for. */
  readonly cost: number;
}

export interface MeasuredOperation {
  readonly schema: GraphQLSchema;
  /** Where its fragments are. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** How many records a field asks for, `undefined` where it is no page. */
  readonly pageSizeOf: (field: FieldNode, definition: GraphQLField<unknown, unknown>) => number | undefined;
  /** Whether a directive of the selection says that it does not run. */
  readonly isLeftOut: (selection: SelectionNode) => boolean;
}

const NOTHING: DocumentMeasure = { depth: 0, rootFields: 0, aliases: 0, directives: 0, pages: 0, cost: 0 };

/**
 * Measures what an operation runs. Each fragment is measured once, however often it is spread, so the time is that
 * of reading the document once; one that spreads itself counts as empty there, since validation refuses it.
 * Nothing has been validated yet, so that a field that the schema does not know counts like all others.
 */
export function measureOperation(measured: MeasuredOperation): DocumentMeasure {
  const { schema, document, operation, pageSizeOf, isLeftOut } = measured;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, DocumentMeasure>();

  function ofFragment(name: string): DocumentMeasure {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, NOTHING);
    const fragment = fragments.get(name);
    const measure = ofSelections(
      fragment?.selectionSet,
      schema.getType(fragment?.typeCondition.name.value ?? ''),
    );
    known.set(name, measure);
    return measure;
  }

  function ofSelections(
    set: SelectionSetNode | undefined,
    type: GraphQLNamedType | undefined,
  ): DocumentMeasure {
    return (set?.selections ?? []).map((selection) => ofSelection(selection, type)).reduce(add, NOTHING);
  }

  function ofSelection(selection: SelectionNode, type: GraphQLNamedType | undefined): DocumentMeasure {
    const own = { ...NOTHING, directives: selection.directives?.length ?? 0 };
    if (isLeftOut(selection)) return own;
    if (selection.kind === Kind.FRAGMENT_SPREAD) return add(own, ofFragment(selection.name.value));
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      return add(
        own,
        ofSelections(selection.selectionSet, condition === undefined ? type : schema.getType(condition)),
      );
    }
    return add(own, ofField(selection, fieldOf(type, selection.name.value)));
  }

  function ofField(field: FieldNode, definition: GraphQLField<unknown, unknown> | undefined) {
    const inside = ofSelections(field.selectionSet, definition && getNamedType(definition.type));
    const pageSize = definition && pageSizeOf(field, definition);
    return {
      depth: inside.depth + 1,
      rootFields: 1,
      aliases: inside.aliases + (field.alias === undefined ? 0 : 1),
      directives: inside.directives,
      pages: inside.pages + (pageSize === undefined ? 0 : 1),
      // A page without records has its own fields still.
      cost: 1 + inside.cost * Math.max(pageSize ?? 1, 1),
    };
  }

  const own = { ...NOTHING, directives: operation.directives?.length ?? 0 };
  return add(own, ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined));
}

function fieldOf(
  type: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
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
