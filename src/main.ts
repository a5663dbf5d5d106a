import { setFlagsFromString } from 'node:v8';
import { systemClock } from './clock.ts';
import { createStopSignals } from './stop-signals.ts';

/*
 * What is made while pages are fetched lives long enough for V8 to take all such objects for long-lived ones, and to put
 * them where only a full collection finds them, with the requests that they hold: memory doubles and throughput halves.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
/* Else the heap grows to four times what is kept in it before a full collection. */
setFlagsFromString('--heap-growing-percent=50');

// Before the rest is loaded, which takes most of the time of a start.
const onStopSignal = createStopSignals({
  listen: (signal, receive) => process.on(signal, receive),
  clock: systemClock,
  exit: (code) => process.exit(code),
});
const { runGateway } = await import('./run-gateway.ts');
await runGateway(process.env, onStopSignal);
