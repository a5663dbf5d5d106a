/* graphql-yoga as its documentation starts it, with pages in an lru-cache. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { createPages, port, typeDefs } from './worklist.js';

const pageOf = createPages(LRUCache);
const schema = createSchema({
  typeDefs,
  resolvers: { Query: { worklist: (_root, { offset, limit }) => pageOf(offset, limit) } },
});
createServer(createYoga({ schema, logging: false })).listen(port, '127.0.0.1');
