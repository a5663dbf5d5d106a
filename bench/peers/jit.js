/* graphql-jit on node:http without any framework: documents compiled once, pages in an lru-cache. */
import { createServer } from 'node:http';
import { buildSchema, parse, validate } from 'graphql';
import { compileQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { createPages, port, typeDefs } from './worklist.js';

const pageOf = createPages(LRUCache);
const schema = buildSchema(typeDefs);
schema.getQueryType().getFields().worklist.resolve = (_root, { offset, limit }) => pageOf(offset, limit);

const compiled = new Map();

function compile(query) {
  const known = compiled.get(query);
  if (known !== undefined) return known;
  const document = parse(query);
  const errors = validate(schema, document);
  const result = errors.length > 0 ? { query: () => ({ errors }) } : compileQuery(schema, document);
  compiled.set(query, result);
  return result;
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', async () => {
    const { query, variables } = JSON.parse(body);
    const result = await compile(query).query(undefined, {}, variables ?? {});
    const text = JSON.stringify(result);
    response
      .writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
      })
      .end(text);
  });
});
server.listen(port, '127.0.0.1');
