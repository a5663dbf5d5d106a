import { isPage, PAGE_LENGTH, runLoad } from '../support/load.ts';
import {
  latency,
  outcomes,
  percent,
  print,
  printLateness,
  seconds,
  settledBefore,
} from '../support/figures.ts';
import { firstFreshAfter } from './failing-answers.ts';
import { AFTER_S, breakFor, HEALTHY_S, onStage, type Setting } from './setting.ts';

const OUTAGE_S = 30;
const PAGES = 100;

/** The same outage with the cache as it comes, and pages that were all asked for before. */
export async function stalePages(setting: Setting): Promise<void> {
  const { fault, rate } = setting;
  console.log(
    `\nTotal outage (${fault}) of ${OUTAGE_S} s, ${rate} operations/s, ${PAGES} pages cached before`,
  );
  await onStage(setting, {}, {}, async ({ sandbox, gateway }) => {
    const [answers, { brokenAtMs, mendedAtMs }] = await Promise.all([
      runLoad({
        url: gateway.url,
        rate,
        seconds: HEALTHY_S + OUTAGE_S + AFTER_S,
        offsetOf: (operation) => (operation % PAGES) * PAGE_LENGTH,
      }),
      breakFor(sandbox, fault, { healthyS: HEALTHY_S, outageS: OUTAGE_S }),
    ]);

    const inOutage = answers.filter(({ dueAtMs }) => dueAtMs >= brokenAtMs && dueAtMs < mendedAtMs);
    const count = (outcome: string) => inOutage.filter((answer) => answer.outcome === outcome).length;
    const requests = sandbox
      .worklistRequests()
      .filter(({ receivedAtMs }) => receivedAtMs < mendedAtMs).length;
    const lastStale = answers.findLast(({ outcome }) => outcome === 'stale');
    print('answers with a page', percent(inOutage.filter(isPage).length, inOutage.length), '100.0 %');
    print('answers with a stale page', percent(count('stale'), inOutage.length));
    print('outcomes in the outage', outcomes(inOutage));
    print('answers in the outage', latency(inOutage));
    print('upstream attempts in the outage', `${requests}`);
    print('return to first fresh page', seconds(firstFreshAfter(answers, mendedAtMs)), '5 s or less');
    print('return to last stale page', seconds(lastStale && Math.max(0, lastStale.endedAtMs - mendedAtMs)));
    print('answers before', latency(settledBefore(answers, brokenAtMs)));
    printLateness(answers);
  });
}
