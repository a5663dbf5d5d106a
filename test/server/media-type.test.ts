import { expect, test } from 'vitest';
import { asksForPage, chooseType, GRAPHQL_TYPES } from '../../src/server/media-type.ts';

const JSON_TYPE = 'application/json';
const RESPONSE = 'application/graphql-response+json';

test.each<readonly [accept: string | undefined, type: string | undefined]>([
  // Who does not mind
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  ['text/html, */*;q=0.8', JSON_TYPE],
  // Who names one
  [JSON_TYPE, JSON_TYPE],
  [RESPONSE, RESPONSE],
  ['Application/GraphQL-Response+JSON', RESPONSE],
  [`${RESPONSE}; charset=utf-8`, RESPONSE],
  [`${RESPONSE};charset="UTF-8"`, RESPONSE],
  // Weights
  [`${RESPONSE}, ${JSON_TYPE};q=0.9`, RESPONSE],
  [`${JSON_TYPE};q=0.9, ${RESPONSE}`, RESPONSE],
  [`${RESPONSE};q=0.1, ${JSON_TYPE};q=0.2`, JSON_TYPE],
  [`${RESPONSE};q=0.1, */*`, JSON_TYPE],
  [`${JSON_TYPE};q=0.1, */*;q=0.5`, RESPONSE],
  [`${JSON_TYPE};q=0, */*`, RESPONSE],
  [`${RESPONSE};q=0, application/*;q=0.3`, JSON_TYPE],
  [`${RESPONSE} ; Q=0.001`, RESPONSE],
  // Equals: the more exact, then the first
  [`*/*, ${RESPONSE}`, RESPONSE],
  [`application/*, ${RESPONSE}`, RESPONSE],
  [`${JSON_TYPE}, ${RESPONSE}`, JSON_TYPE],
  [`${RESPONSE}, ${JSON_TYPE}`, RESPONSE],
  // Nothing that there is
  ['text/html', undefined],
  ['text/*', undefined],
  ['application/xml', undefined],
  ['application/jsonp', undefined],
  [`${JSON_TYPE};q=0`, undefined],
  ['*/*;q=0', undefined],
  [`${JSON_TYPE};q=nothing`, undefined],
  [`${JSON_TYPE};q=2`, undefined],
  [`${JSON_TYPE};q=-1`, undefined],
  [`${JSON_TYPE}; charset=iso-8859-1`, undefined],
  [',;,=', undefined],
])('Accept: %s is answered in %s', (accept, type) => {
  expect(chooseType(accept, GRAPHQL_TYPES)).toBe(type);
});

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

test.each<readonly [method: string, accept: string | undefined, isPage: boolean]>([
  ['GET', BROWSER, true],
  ['HEAD', BROWSER, true],
  ['POST', BROWSER, false],
  ['GET', 'text/html', true],
  ['GET', 'text/*', true],
  ['GET', undefined, false],
  ['GET', '*/*', false],
  ['GET', 'text/html;q=0, */*', false],
  ['GET', 'text/html;q=0.5, application/json', false],
  ['GET', 'text/html, application/json;q=0.5', true],
  ['GET', 'text/plain', false],
  ['GET', 'text/html+x', false],
])('%s with Accept: %s asks for a page: %s', (method, accept, isPage) => {
  expect(asksForPage(method, accept)).toBe(isPage);
});
