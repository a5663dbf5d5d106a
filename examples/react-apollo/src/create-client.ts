import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { fetchWhileAlive } from './fetch-while-alive.ts';
import { worklistPolicy } from './worklist-policy.ts';

/**
 * An Apollo Client for one user: another one gets another, so that nobody sees what was cached for somebody else.
 * `apiKey` is sent with each request; leave it out where the gateway asks for none.
 */
export function createClient(apiKey?: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({
      uri: `${import.meta.env.BASE_URL}graphql`,
      fetch: fetchWhileAlive,
      ...(apiKey !== undefined && { headers: { authorization: `Bearer ${apiKey}` } }),
    }),
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { worklist: worklistPolicy } },
        // It is one whole as GoSpeech sent it: what it lacks now is gone.
        Record: { fields: { fields: { merge: false } } },
        // It has no id: what is known of the former one is nothing of the next.
        Token: { merge: false },
      },
    }),
  });
}
