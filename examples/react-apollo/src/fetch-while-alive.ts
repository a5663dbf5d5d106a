/** The gateway says every 12 s that a stream is alive. */
const MAX_SILENCE_MS = 30_000;

/**
 * `fetch`, but that a stream fails which is silent for too long. Where a proxy keeps it open, nothing else tells that
 * the gateway behind it is gone.
 */
export const fetchWhileAlive: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isStream = response.headers.get('content-type')?.startsWith('multipart/mixed') === true;
  if (!isStream || response.body === null) return response;
  return new Response(response.body.pipeThrough(failWhenSilent()), response);
};

function failWhenSilent(): TransformStream<Uint8Array, Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function wait(controller: TransformStreamDefaultController<Uint8Array>): void {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error('The stream is silent.')), MAX_SILENCE_MS);
  }
  return new TransformStream({
    start: wait,
    transform(chunk, controller) {
      wait(controller);
      controller.enqueue(chunk);
    },
    flush: () => clearTimeout(timer),
  });
}
