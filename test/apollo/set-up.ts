import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type InMemoryCacheConfig } from '@apollo/client';
import { tap } from 'rxjs';
import { onTestFinished } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

export interface ApolloOptions {
  readonly gateway?: Parameters<typeof startGateway>[0];
  readonly headers?: Readonly<Record<string, string>>;
  readonly typePolicies?: NonNullable<InMemoryCacheConfig['typePolicies']>;
}

/** A gateway in front of a sandbox, and Apollo Client as an app would have it, with the answers it was given. */
export async function startApollo({ gateway, headers = {}, typePolicies = {} }: ApolloOptions = {}) {
  const { url, sandbox } = await startGateway(gateway);
  const responses: Response[] = [];
  const keepResponse = new ApolloLink((operation, forward) =>
    forward(operation).pipe(tap(() => responses.push(operation.getContext()['response']))),
  );
  const client = new ApolloClient({
    link: keepResponse.concat(new HttpLink({ uri: `${url}/graphql`, headers })),
    cache: new InMemoryCache({ typePolicies }),
  });
  onTestFinished(() => client.stop());

  return {
    client,
    sandbox,
    /** The status and the media type of each answer so far. */
    answers: () =>
      responses.map(({ status, headers: received }) => ({
        status,
        contentType: received.get('content-type'),
      })),
  };
}
