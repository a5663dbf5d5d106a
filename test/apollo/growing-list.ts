import { gql, type TypedDocumentNode } from '@apollo/client';

export interface Worklist {
  readonly records: readonly { readonly id: string; readonly title: string | null }[];
  readonly offset: number;
  readonly total: number | null;
  readonly hasNextPage: boolean;
  readonly fetchedAt: string;
}

export const WORKLIST: TypedDocumentNode<
  { readonly worklist: Worklist | null },
  { readonly after?: string | null; readonly offset: number; readonly limit: number }
> = gql`
  query Worklist($after: ID, $offset: Int!, $limit: Int!) {
    worklist(after: $after, offset: $offset, limit: $limit) {
      records {
        id
        title
      }
      offset
      total
      hasNextPage
      fetchedAt
    }
  }
`;
