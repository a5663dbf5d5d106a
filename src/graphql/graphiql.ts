import { policyForPage } from './page-policy.ts';

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

/**
 * Renders the playground: one page that needs nothing from anywhere else, and asks the address at which it was opened.
 * The package behind it is 9 MB, so it is loaded when it is needed, not at start.
 */
export async function renderPlayground(): Promise<{ readonly html: string; readonly policy: string }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({ title: 'GoSpeech GraphQL gateway', defaultQuery: EXAMPLE_QUERY });
  return { html, policy: policyForPage(html) };
}
