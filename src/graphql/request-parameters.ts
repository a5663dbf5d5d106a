import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { GatewayError } from '../errors.ts';

/**
 * The parameters of a POST (GraphQL over HTTP, section 5.4), or those of each operation in a batch of at most
 * `batchLimit`; 0 for no batches. Throws `BAD_REQUEST`, in words that hold nothing of the body.
 */
export async function readBody(request: Request, batchLimit: number): Promise<GraphQLParams> {
  const body = await jsonBody(request);
  if (!(body instanceof Object)) throw badRequest(`The body of a request is ${SHAPE}.`);
  if (Array.isArray(body) && batchLimit === 0) {
    throw badRequest('A request holds one operation: GATEWAY_BATCH_LIMIT lets it hold more.');
  }
  if (Array.isArray(body) && body.length === 0) throw badRequest('A batch holds at least one operation.');
  if (Array.isArray(body) && body.length > batchLimit) {
    throw new GraphQLError('', {
      originalError: badRequest(`A request holds at most ${batchLimit} operations.`),
      extensions: { http: { status: 413 } },
    });
  }
  return body;
}

/** The parameters of a GET (GraphQL over HTTP, section 5.3). Throws `BAD_REQUEST`. */
export function readUrl({ url }: Pick<Request, 'url'>): GraphQLParams {
  const [, ...search] = url.split('?');
  const parameters = new URLSearchParams(search.join('?'));
  const text = (name: string) => parameters.get(name) ?? '';
  return {
    // A copy of its own: what is cut from the URL would keep all of the URL wherever it is remembered.
    ...(text('query') !== '' && { query: Buffer.from(text('query')).toString() }),
    ...(text('operationName') !== '' && { operationName: text('operationName') }),
    ...(text('variables') !== '' && { variables: parseObject('variables', text('variables')) }),
    ...(text('extensions') !== '' && { extensions: parseObject('extensions', text('extensions')) }),
  };
}

/** What one operation is asked by (GraphQL over HTTP, section 5.4), once it has been checked. */
export interface OperationParameters {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** The parameters of one operation. Throws `BAD_REQUEST` with what is right, where these are none. */
export function checkedParameters(parameters: unknown): OperationParameters {
  if (!isObject(parameters)) throw badRequest(`An operation is ${SHAPE}.`);
  const { query, extensions, operationName } = parameters;
  const variables = parameters['variables'] ?? {};
  const names = Object.keys(parameters).filter((name) => (parameters[name] ?? undefined) !== undefined);
  if (!names.every((name) => NAMES.includes(name))) throw badRequest(`A request is ${SHAPE}.`);
  if (typeof query !== 'string') throw badRequest('query must be there, as the text of a document.');
  if (!isObject(variables)) throw badRequest('variables must be a JSON object.');
  if (!isObject(extensions ?? {})) throw badRequest('extensions must be a JSON object.');
  if (typeof (operationName ?? '') !== 'string') throw badRequest('operationName must be a text.');
  return {
    query,
    variables,
    // Many clients send an empty name where a document has one operation without a name.
    ...(typeof operationName === 'string' && operationName !== '' && { operationName }),
  };
}

const NAMES = ['query', 'operationName', 'variables', 'extensions'];
const SHAPE = 'a JSON object with query, operationName, variables and extensions';

async function jsonBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    // The parser's own message quotes the body, so it is not even kept as the cause.
    throw badRequest('The body of the request is no JSON.');
  }
}

function parseObject(name: string, text: string): Readonly<Record<string, unknown>> {
  const value = jsonOrUndefined(text);
  if (value === null) return {};
  if (!isObject(value)) throw badRequest(`${name} must be a JSON object.`);
  return value;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badRequest(message: string): GatewayError {
  return new GatewayError('BAD_REQUEST', message);
}
