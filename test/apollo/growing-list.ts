import { gql, type FieldPolicy, type TypedDocumentNode } from '@apollo/client';
import { fencedBlock } from '../docs/markdown.ts';

export interface Worklist {
  readonly records: readonly { readonly id: string; readonly title: string | null }[];
  readonly total: number | null;
  readonly hasNextPage: boolean;
}

export const WORKLIST: TypedDocumentNode<
  { readonly worklist: Worklist | null },
  { readonly offset: number; readonly limit: number }
> = gql`
  query Worklist($offset: Int!, $limit: Int!) {
    worklist(offset: $offset, limit: $limit) {
      records {
        id
        title
      }
      total
      hasNextPage
    }
  }
`;

/** The field policy as README.md shows it. */
export async function readGrowingList(): Promise<FieldPolicy> {
  const code = `${fencedBlock('js', 'growingList')}\nexport default growingList;`;
  const module: { readonly default: FieldPolicy } = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  return module.default;
}
