import { visit, type DocumentNode } from 'graphql';

/**
 * The most fields of a document that have one name in the result, and fields of their own: validation compares each with
 * each of the others, and what is in them (GraphQL, section 5.3.2). Fragments may bring together any of them.
 */
export function countSameFields(document: DocumentNode): number {
  const counts = new Map<string, number>();
  visit(document, {
    Field({ alias, name, selectionSet }) {
      if (selectionSet === undefined) return;
      const key = (alias ?? name).value;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  });
  return Math.max(0, ...counts.values());
}
