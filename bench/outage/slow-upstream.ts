import { setTimeout as sleep } from 'node:timers/promises';
import { countSockets } from '../support/count-sockets.ts';
import {
  latency,
  outcomes,
  percent,
  print,
  printLateness,
  seconds,
  settledBefore,
} from '../support/figures.ts';
import { isPage, nowMs, PAGE_LENGTH, runLoad } from '../support/load.ts';
import { AFTER_S, HEALTHY_S, onStage, type Setting } from './setting.ts';

const CONNECTIONS = 16;
const USUAL_MS = 50;
const SLOW_MS = 500;
const SLOW_S = 20;
/** A third of what the upstream can give at first, and three times what it can give once it is slow. */
const RATE = 100;

/** An upstream that answers all it is asked, but ten times slower than before. */
export async function slowUpstream(setting: Setting): Promise<void> {
  const slow = `${USUAL_MS} ms, ${SLOW_MS} ms for ${SLOW_S} s`;
  console.log(`\nSlow upstream (${slow}), ${CONNECTIONS} connections, ${RATE} operations/s, nothing cached`);
  const settings = {
    LOG_LEVEL: 'debug',
    GOSPEECH_MAX_CONNECTIONS: String(CONNECTIONS),
    // Keeps no page at all, so that memory shows the waiting requests alone.
    CACHE_MAX_BYTES: '1',
  };
  await onStage(setting, settings, { latencyMs: USUAL_MS }, async ({ sandbox, gateway }) => {
    const sockets = countSockets(Number(new URL(sandbox.url).port));
    const change = async () => {
      await sleep(HEALTHY_S * 1_000);
      const rssBeforeMb = await gateway.rssMb();
      sandbox.configure({ latencyMs: SLOW_MS });
      const fromMs = nowMs();
      let rssPeakMb = rssBeforeMb;
      while (nowMs() < fromMs + SLOW_S * 1_000) {
        await sleep(500);
        rssPeakMb = Math.max(rssPeakMb, await gateway.rssMb());
      }
      sandbox.configure({ latencyMs: USUAL_MS });
      const toMs = nowMs();
      await sleep(10_000);
      return { fromMs, toMs, rssBeforeMb, rssPeakMb, rssAfterMb: await gateway.rssMb() };
    };
    const [answers, { fromMs, toMs, rssBeforeMb, rssPeakMb, rssAfterMb }] = await Promise.all([
      runLoad({
        url: gateway.url,
        rate: RATE,
        seconds: HEALTHY_S + SLOW_S + AFTER_S,
        offsetOf: (operation) => operation * PAGE_LENGTH,
      }),
      change(),
    ]);
    sockets.stop();

    const asked = answers.filter(({ dueAtMs }) => dueAtMs >= fromMs && dueAtMs < toMs);
    const pages = asked.filter(isPage);
    const inTime = pages.filter(({ endedAtMs }) => endedAtMs < toMs).length;
    const capacity = Math.round((CONNECTIONS * (toMs - fromMs)) / SLOW_MS);
    const queued = gateway.events().flatMap(({ waiting }) => waiting ?? []);
    const opened = gateway.events().filter(({ event }) => event === 'breaker.opened').length;
    const lastFailed = answers.findLast((answer) => !isPage(answer) && answer.dueAtMs >= fromMs);
    print('peak connections at the upstream', `${sockets.peak()}`, `${CONNECTIONS} or less`);
    print('peak queue', `${Math.max(0, ...queued)} requests`, `${CONNECTIONS * 16} or less`);
    print(
      'pages given while it was slow',
      `${inTime}, ${percent(inTime, capacity)} of what it can`,
      '100.0 %',
    );
    print('outcomes', outcomes(asked));
    print('breaker openings', `${opened}`, '0: the upstream answers all it is asked');
    print('pages', latency(pages));
    print('other answers', latency(asked.filter((answer) => !isPage(answer))), 'below the deadline, 5000 ms');
    print('answers before', latency(settledBefore(answers, fromMs)));
    const lastFailedMs = lastFailed && Math.max(0, lastFailed.dueAtMs - toMs);
    print('return of the speed to the last operation that failed', seconds(lastFailedMs));
    const mb = [rssBeforeMb, rssPeakMb, rssAfterMb].map(Math.round);
    print('resident memory', `${mb[0]} MiB before, ${mb[1]} MiB at peak, ${mb[2]} MiB 10 s after`);
    printLateness(answers);
  });
}
