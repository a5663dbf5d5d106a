import type { GraphiQLOptions } from 'graphql-yoga';

/** What the playground shows first. */
export const EXAMPLE_QUERY = `query Worklist {
  worklist(offset: 0, limit: 10) {
    total
    hasNextPage
    fetchedAt
    records {
      id
      title
      status
      progress
      language
      durationMs
      updatedAt
    }
  }
  token {
    expiresIn
    scopes
  }
}
`;

export const graphiqlOptions: GraphiQLOptions = {
  title: 'GoSpeech GraphQL gateway',
  defaultQuery: EXAMPLE_QUERY,
};

/**
 * Renders the playground as one page that needs nothing from anywhere else. The package behind it is 9 MB, so
 * it is loaded for the first visitor, not at start, and its page is rendered once.
 */
export function createGraphiqlRenderer(): (options?: GraphiQLOptions) => Promise<string> {
  let page: Promise<string> | undefined;
  return (options) => {
    page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) => renderGraphiQL(options));
    return page;
  };
}
