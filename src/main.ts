import { systemClock } from './clock.ts';
import { createStopSignals } from './stop-signals.ts';

// Before the rest is loaded, which takes most of the time of a start.
const onStopSignal = createStopSignals({
  listen: (signal, receive) => process.on(signal, receive),
  clock: systemClock,
  exit: (code) => process.exit(code),
});
const { runGateway } = await import('./run-gateway.ts');
await runGateway(process.env, onStopSignal);
