import { isPage, PAGE_LENGTH, runLoad, type TimedResponse } from '../support/load.ts';
import {
  latency,
  outcomes,
  percent,
  print,
  printLateness,
  ratio,
  seconds,
  settledBefore,
} from '../support/figures.ts';
import { AFTER_S, breakFor, HEALTHY_S, onStage, type Setting } from './setting.ts';

const OUTAGE_S = 30;

/** A total outage where nothing is cached: each operation asks for a page of its own. */
export async function failingAnswers(setting: Setting): Promise<void> {
  const { fault, rate } = setting;
  console.log(`\nTotal outage (${fault}) of ${OUTAGE_S} s, ${rate} operations/s, nothing cached`);
  const uncached = { CACHE_TTL_MS: '0', CACHE_STALE_MS: '0', CACHE_STALE_IF_ERROR_MS: '0' };
  await onStage(setting, uncached, {}, async ({ sandbox, gateway }) => {
    const [answers, { brokenAtMs, mendedAtMs }] = await Promise.all([
      runLoad({
        url: gateway.url,
        rate,
        seconds: HEALTHY_S + OUTAGE_S + AFTER_S,
        offsetOf: (operation) => operation * PAGE_LENGTH,
      }),
      breakFor(sandbox, fault, { healthyS: HEALTHY_S, outageS: OUTAGE_S }),
    ]);

    const opened = gateway
      .events()
      .filter(({ event, time }) => event === 'breaker.opened' && time >= brokenAtMs && time < mendedAtMs);
    const openedAtMs = opened[0]?.time ?? mendedAtMs;
    const requests = sandbox.worklistRequests().map(({ receivedAtMs, query }) => ({
      atMs: receivedAtMs,
      offset: query['offset'],
    }));
    const dueIn = (fromMs: number, toMs: number) =>
      answers.filter(({ dueAtMs }) => dueAtMs >= fromMs && dueAtMs < toMs);
    const printAttempts = (when: string, fromMs: number, toMs: number) => {
      const attempts = requests.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      const first = new Set(attempts.map(({ offset }) => offset)).size;
      const operations = dueIn(fromMs, toMs).length;
      const counts = `${attempts.length} attempts, ${first} pages, ${operations} operations`;
      print(
        `attempts per page asked for, ${when}`,
        `${ratio(attempts.length, first)}: ${counts}`,
        '1.2 or less',
      );
      return { attempts: attempts.length, operations };
    };

    print('from the first failure to the open breaker', seconds(openedAtMs - brokenAtMs));
    printAttempts('until the breaker opened', brokenAtMs, openedAtMs);
    const after = printAttempts('after it opened', openedAtMs, mendedAtMs);
    print('operations that reached the upstream after it opened', percent(after.attempts, after.operations));
    print('breaker openings', `${opened.length}`, `${Math.ceil(OUTAGE_S / 5)} or less: one in 5 s`);

    const failed = (fromMs: number, toMs: number) => dueIn(fromMs, toMs).filter((answer) => !isPage(answer));
    print('failing answers', latency(failed(brokenAtMs, mendedAtMs)), 'p99 under 10 ms');
    print('  until the breaker opened', latency(failed(brokenAtMs, openedAtMs)));
    print('  after it opened', latency(failed(openedAtMs, mendedAtMs)));
    print('outcomes in the outage', outcomes(dueIn(brokenAtMs, mendedAtMs)));
    print('return to first fresh answer', seconds(firstFreshAfter(answers, mendedAtMs)), '5 s or less');
    print('answers before', latency(settledBefore(answers, brokenAtMs)));
    printLateness(answers);
  });
}

/** From `fromMs` to the first fresh page that was asked from the upstream since then. */
export function firstFreshAfter(answers: readonly TimedResponse[], fromMs: number): number | undefined {
  const endedAtMs = answers
    .filter(({ outcome, fetchedAtMs = 0 }) => outcome === 'fresh' && fetchedAtMs >= fromMs)
    .map((answer) => answer.endedAtMs);
  return endedAtMs.length === 0 ? undefined : Math.min(...endedAtMs) - fromMs;
}
