import { expect, test, vi } from 'vitest';
import { createStopSignals, type StopSignal } from '../src/stop-signals.ts';
import { createManualClock } from './support/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const receivers = new Map<StopSignal, () => void>();
  const exit = vi.fn<(code: number) => void>();
  const stop = vi.fn<(signal: StopSignal) => void>();
  const onStopSignal = createStopSignals({
    listen: (signal, receive) => void receivers.set(signal, receive),
    clock,
    exit,
  });
  return { clock, exit, stop, onStopSignal, send: (signal: StopSignal) => receivers.get(signal)?.() };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'before the gateway listens, %s ends it at once, and well',
  (signal) => {
    const { exit, send } = setUp();
    send(signal);
    expect(exit.mock.calls).toEqual([[0]]);
  },
);

test('the first signal stops the gateway, and those of the next half second change nothing', async () => {
  const { clock, exit, stop, onStopSignal, send } = setUp();
  onStopSignal(stop);
  send('SIGINT');
  send('SIGINT');
  await clock.advance(499);
  send('SIGTERM');
  expect(stop.mock.calls).toEqual([['SIGINT']]);
  expect(exit).not.toHaveBeenCalled();
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s half a second after the first signal ends the gateway at once, with code %i',
  async (signal, code) => {
    const { clock, exit, stop, onStopSignal, send } = setUp();
    onStopSignal(stop);
    send('SIGTERM');
    await clock.advance(500);
    send(signal);
    expect(exit.mock.calls).toEqual([[code]]);
    expect(stop).toHaveBeenCalledOnce();
  },
);
