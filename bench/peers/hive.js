/* Hive Gateway over a subgraph that asks the REST API. */
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { buildSchema, execute } from 'graphql';
import { LRUCache } from 'lru-cache';
import { createPages, port, typeDefs } from './worklist.js';

const pageOf = createPages(LRUCache);
const subgraph = buildSchema(typeDefs);
subgraph.getQueryType().getFields().worklist.resolve = (_root, { offset, limit }) => pageOf(offset, limit);

const owned = typeDefs.replaceAll(/(?:type|scalar) \w+/g, '$& @join__type(graph: WORKLIST)');
const supergraph = /* GraphQL */ `
  schema
    @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {
    query: Query
  }
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__type(
    graph: join__Graph!
    key: join__FieldSet
    extension: Boolean! = false
    resolvable: Boolean! = true
    isInterfaceObject: Boolean! = false
  ) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
  directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  scalar join__FieldSet
  scalar link__Import
  enum link__Purpose {
    SECURITY
    EXECUTION
  }
  enum join__Graph {
    WORKLIST @join__graph(name: "worklist", url: "http://127.0.0.1/graphql")
  }
  ${owned}
`;

const gateway = createGatewayRuntime({
  supergraph,
  transports: () => ({
    getSubgraphExecutor: () => (request) =>
      execute({ schema: subgraph, document: request.document, variableValues: request.variables }),
  }),
  logging: false,
});
createServer(gateway).listen(port, '127.0.0.1');
