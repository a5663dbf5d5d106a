/* Apollo Server with its REST data source, whose HTTP cache keeps pages in memory. */
import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { port, toPage, TTL_MS, typeDefs, upstreamUrl } from './worklist.js';

class WorklistApi extends RESTDataSource {
  baseURL = `${upstreamUrl}/api/`;

  async page(offset, limit) {
    const body = await this.get('records/worklist', {
      params: { offset: String(offset), limit: String(limit) },
      headers: { authorization: 'Bearer peer' },
      cacheOptions: { ttl: TTL_MS / 1_000 },
    });
    return toPage(body, offset);
  }
}

const server = new ApolloServer({
  typeDefs,
  resolvers: { Query: { worklist: (_root, { offset, limit }, { api }) => api.page(offset, limit) } },
  csrfPrevention: false,
});
await startStandaloneServer(server, {
  listen: { port, host: '127.0.0.1' },
  context: async () => ({ api: new WorklistApi({ cache: server.cache }) }),
});
