import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../../src/events.ts';
import { logEvents } from '../../src/log/log-events.ts';
import { eventually, startExperiment } from '../support/fault-experiment.ts';
import { CANARY, type Endpoint } from '../support/fault-laboratory.ts';
import { FAULTS } from '../support/faults.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** All of the token, also what nobody may read. */
const QUERY = `{
  worklist(limit: 3) { total stale fetchedAt records { id } }
  token { tokenType scopes issuedAt expiresAt expiresIn refreshable accessToken }
}`;

const LOG_IN = '{ token { tokenType } }';

/** When a token that lives for an hour is refreshed ahead of its end. */
const REFRESH_MS = 2_880_000;

test('the secrets are on the wire, so that they could leak', async () => {
  const { laboratory, clock, ask, run, attempts } = await startExperiment({ isSandbox: false });
  await ask(QUERY);
  await clock.advance(REFRESH_MS);
  await run(() => eventually(() => attempts().token > 1));
  const sent = [...laboratory.requests('token'), ...laboratory.requests('worklist')].join('');
  for (const name of ['path', 'client-secret', 'username', 'password', 'access-token', 'refresh-token']) {
    expect(sent).toContain(`${CANARY}-${name}`);
  }
});

describe.each<Endpoint>(['worklist', 'token'])('a %s endpoint', (endpoint) => {
  test.each(FAULTS)('that $name gives neither a client nor the log any secret or content', async (fault) => {
    const experiment = await startExperiment({ isSandbox: false });
    const { laboratory, gateway, clock, ask, run, attempts, inflict } = experiment;
    if (endpoint === 'worklist') await ask(LOG_IN);
    await clock.advance(1_000);
    const before = attempts();
    await inflict(endpoint, fault);

    const answers = await run(() =>
      Promise.all([
        fetch(`${gateway.url}/graphql?${new URLSearchParams({ query: QUERY })}`),
        fetch(`${gateway.url}/readyz`),
      ]),
    );
    expect(attempts()[endpoint]).toBeGreaterThan(before[endpoint]);
    const { host, port } = new URL(laboratory.url);
    for (const text of await Promise.all(answers.map(textOf))) {
      expect(canariesIn(text)).toEqual([]);
      expect(text).not.toContain(host);
      expect(text).not.toContain(`:${port}`);
    }
    expect(canariesIn(eventsAsText(gateway.events))).toEqual([]);
    expect(canariesIn(logOf(gateway.events))).toEqual([]);
  });
});

test.each(FAULTS)('a refresh that meets "$name" gives the log no secret and no content', async (fault) => {
  const { gateway, clock, ask, run, attempts, inflict } = await startExperiment({ isSandbox: false });
  await ask(LOG_IN);
  await inflict('token', fault);
  await clock.advance(REFRESH_MS);
  await run(() => eventually(() => attempts().token > 1));
  expect(canariesIn(eventsAsText(gateway.events))).toEqual([]);
  expect(canariesIn(logOf(gateway.events))).toEqual([]);
});

/** Status, headers and body. */
async function textOf(response: Response): Promise<string> {
  return inspect([response.status, [...response.headers], await response.text()], { depth: 10 });
}

function eventsAsText(events: readonly GatewayEvent[]): string {
  return inspect(events, { depth: 10, showHidden: true });
}

/** What the log has of these events, at its most talkative. */
function logOf(events: readonly GatewayEvent[]): string {
  const lines: string[] = [];
  const report = logEvents(
    pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
    createManualClock(),
  );
  events.forEach(report);
  return lines.join('');
}

/** Each canary, with what is around it. */
function canariesIn(text: string): string[] {
  return text.match(new RegExp(`.{0,60}${CANARY}.{0,20}`, 'g')) ?? [];
}
