import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway-harness.ts';

/** Each audit asks for the URL when it runs, and gets a gateway of its own. */
const AUDITS = serverAudits({ url: async () => `${(await startGateway()).url}/graphql` });

for (const { id, name, fn } of AUDITS) {
  test(`${id}: ${name}`, async () => {
    expect(await fn()).toEqual({ id, name, status: 'ok' });
  });
}

test('these are all the audits of GraphQL over HTTP, at every level', () => {
  const countOf = (level: string) => AUDITS.filter(({ name }) => name.startsWith(`${level} `)).length;
  expect({
    MUST: countOf('MUST'),
    SHOULD: countOf('SHOULD'),
    MAY: countOf('MAY'),
    total: AUDITS.length,
  }).toEqual({ MUST: 13, SHOULD: 23, MAY: 25, total: 61 });
});
