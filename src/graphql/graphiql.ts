import type { GraphiQLOptions, Plugin } from 'graphql-yoga';
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

export const graphiqlOptions: GraphiQLOptions = {
  title: 'GoSpeech GraphQL gateway',
  defaultQuery: EXAMPLE_QUERY,
};

export interface Playground {
  readonly render: (options?: GraphiQLOptions) => Promise<string>;
  /** Gives the page the policy under which it works. */
  readonly plugin: Plugin;
}

/**
 * The playground as one page that needs nothing from anywhere else. The package behind it is 9 MB, so it is
 * loaded for the first visitor, not at start, and its page is rendered once.
 */
export function createPlayground(): Playground {
  let page: Promise<string> | undefined;
  let policy: Promise<string> | undefined;
  return {
    render(options) {
      page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) => renderGraphiQL(options));
      policy ??= page.then(policyForPage);
      return page;
    },
    plugin: {
      async onResponse({ response }) {
        const isPage = response?.headers.get('content-type')?.startsWith('text/html') === true;
        if (isPage && policy !== undefined) response.headers.set('content-security-policy', await policy);
      },
    },
  };
}
