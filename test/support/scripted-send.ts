import type { HttpRequest, HttpResponse, Send } from '../../src/http/send.ts';

export interface ScriptedSend {
  readonly send: Send;
  /** The requests so far, oldest first. */
  readonly requests: readonly HttpRequest[];
}

export type ScriptedResponse = number | Error | Partial<HttpResponse> | Promise<HttpResponse>;

/** An answer with this status and these headers, and an empty JSON body. */
export function answerOf(status: number, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body: Buffer.from('{}') };
}

/** A `send` that answers as `script` says, in turn, and then always as its last entry does. */
export function createScriptedSend(...script: readonly ScriptedResponse[]): ScriptedSend {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async send(request) {
      const answer = script[Math.min(requests.push(request), script.length) - 1] ?? 200;
      if (answer instanceof Error) throw answer;
      if (answer instanceof Promise) return answer;
      return typeof answer === 'number' ? answerOf(answer) : { ...answerOf(200), ...answer };
    },
  };
}
