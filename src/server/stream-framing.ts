import { parseWeighted } from './weighted.ts';

/** How the results of one operation are written, one after the other, into one response. */
export interface StreamFraming {
  readonly contentType: string;
  /** What comes before the first result. */
  readonly begin: string;
  /** One result, as JSON. */
  result(json: string): string;
  /** Says that the stream is alive, and nothing else. */
  readonly heartbeat: string;
  /** Says that no more results come. */
  readonly end: string;
}

/** GraphQL over SSE, distinct connections mode: what graphql-sse, yoga's clients, urql and `EventSource` read. */
const EVENT_STREAM: StreamFraming = {
  contentType: 'text/event-stream; charset=utf-8',
  begin: ':\n\n',
  result: (json) => `event: next\ndata: ${json}\n\n`,
  heartbeat: ':\n\n',
  end: 'event: complete\ndata:\n\n',
};

const PART = '\r\ncontent-type: application/json\r\n\r\n';

/** Apollo's HTTP multipart protocol for subscriptions, version 1.0: what Apollo Client asks for by itself. */
const MULTIPART: StreamFraming = {
  // Without quotes around 1.0: Apollo iOS takes them for a part of it.
  contentType: 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  begin: '\r\n--graphql',
  result: (json) => `${PART}{"payload":${json}}\r\n--graphql`,
  heartbeat: `${PART}{}\r\n--graphql`,
  end: '--\r\n',
};

/** As a client names them. */
export const STREAM_TYPES = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'] as const;

/** How a client takes a stream, by its `Accept`; `undefined` where it names no kind of stream that there is. */
export function chooseFraming(accept: string | undefined): StreamFraming | undefined {
  const named = parseWeighted(accept ?? '')
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight);
  for (const { name, parameters } of named) {
    if (name === 'text/event-stream') return EVENT_STREAM;
    if (name === 'multipart/mixed' && parameters.get('subscriptionspec') === '1.0') return MULTIPART;
  }
  return undefined;
}
