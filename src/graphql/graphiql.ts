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

/** What else there is to try, each in a tab of its own. */
const MORE_TABS = [
  `query ReadOn($after: ID, $offset: Int! = 0) {
  # For the next page: the id of the last record as $after, offset plus the number of records as $offset.
  worklist(after: $after, offset: $offset, limit: 5) {
    offset
    hasNextPage
    records {
      id
      title
    }
  }
}
`,
  `subscription Live {
  # At once, and again each time that it changes.
  worklist(limit: 5) {
    total
    stale
    records {
      id
      title
      status
      progress
    }
  }
}
`,
  `query AllFields {
  # What GoSpeech sends of a record, including what this schema does not know.
  worklist(limit: 1) {
    records {
      fields
    }
  }
}
`,
];

/**
 * Renders the playground: one page that needs nothing from anywhere else, and asks the address at which it was opened.
 * The package behind it is 9 MB, so it is loaded when it is needed, not at start.
 */
export async function renderPlayground(): Promise<{ readonly html: string; readonly policy: string }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'GoSpeech GraphQL gateway',
    defaultTabs: [EXAMPLE_QUERY, ...MORE_TABS].map((query) => ({ query })),
    schemaDescription: true,
  });
  return { html, policy: policyForPage(html) };
}
