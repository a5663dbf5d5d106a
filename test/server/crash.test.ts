import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { get, post } from '../security/attack.ts';
import { send } from '../support/wire.ts';
import { startGateway } from '../support/gateway-harness.ts';

test('a bug on the way to GraphQL is answered with an id that is also in an event, and ends nothing', async () => {
  let isBroken = false;
  const clock = {
    ...systemClock,
    monotonicMs() {
      if (isBroken) throw new TypeError('a bug');
      return systemClock.monotonicMs();
    },
  };
  const { url, events } = await startGateway({ clock, access: { corsOrigins: ['https://app.example'] } });
  isBroken = true;
  const answer = await send(url, {
    ...post('{ __typename }'),
    headers: { ...post('').headers, origin: 'https://app.example' },
  });
  isBroken = false;

  const [event] = events;
  const errorId = event?.type === 'operation.crashed' ? event.errorId : undefined;
  expect(event).toMatchObject({ type: 'operation.crashed', error: { message: 'a bug' } });
  expect(answer.status).toBe(500);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/graphql-response+json; charset=utf-8',
    'access-control-allow-origin': 'https://app.example',
    'cache-control': 'no-store',
  });
  expect(JSON.parse(answer.body)).toEqual({
    errors: [
      {
        message: `The gateway failed. Its log has more under ${errorId}.`,
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, errorId },
      },
    ],
  });
  expect((await send(url, get({ query: '{ __typename }' }))).status).toBe(200);
});
