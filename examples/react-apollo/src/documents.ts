import { graphql } from './gql/gql.ts';

/** What a row shows of a record, and what its details do. */
export const RECORD = graphql(`
  fragment WorklistRecord on Record {
    id
    title
    status
    progress
    language
    durationMs
    createdAt
    updatedAt
    fields
  }
`);

/** What a page is made of, whether it is asked for or comes by itself. */
export const PAGE = graphql(`
  fragment WorklistPage on Worklist {
    offset
    total
    hasNextPage
    fetchedAt
    stale
    records {
      ...WorklistRecord
    }
  }
`);

/** A page; by `worklistPolicy` the cache makes one list of all of them. */
export const WORKLIST = graphql(`
  query Worklist($after: ID, $offset: Int! = 0, $limit: Int! = 20) {
    worklist(after: $after, offset: $offset, limit: $limit) {
      ...WorklistPage
    }
  }
`);

/** The beginning of the list, again each time that it changes. */
export const LIVE_WORKLIST = graphql(`
  subscription LiveWorklist($limit: Int! = 20) {
    worklist(limit: $limit) {
      ...WorklistPage
    }
  }
`);

/** What the gateway's operator, and people who are allowed to, may know of the service token. */
export const TOKEN = graphql(`
  query Token {
    token {
      expiresAt
      refreshable
    }
  }
`);
