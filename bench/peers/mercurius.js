/* Mercurius on Fastify with its JIT, and mercurius-cache for the field. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import mercuriusCache from 'mercurius-cache';
import { fetchPage, port, TTL_MS, typeDefs } from './worklist.js';

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { worklist: (_root, { offset, limit }) => fetchPage(offset, limit) } },
  jit: 1,
});
app.register(mercuriusCache, {
  ttl: TTL_MS / 1_000,
  storage: { type: 'memory', options: { size: 20_000 } },
  policy: { Query: { worklist: true } },
});
await app.listen({ port, host: '127.0.0.1' });
