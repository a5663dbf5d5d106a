import { readFileSync, writeFileSync } from 'node:fs';
import { createTokenRequest } from './auth/request-token.ts';
import type { ServiceToken } from './auth/service-token.ts';
import { createTokenProvider } from './auth/token-provider.ts';
import { withServiceToken } from './auth/with-service-token.ts';
import type { Clock } from './clock.ts';
import { ConfigError } from './config/config-error.ts';
import { parseConfig, type GatewayConfig, type UpstreamConfig } from './config/parse-config.ts';
import type { Environment } from './config/read-environment.ts';
import { worklistRequest } from './datasources/fetch-page.ts';
import { describeMapping } from './datasources/wire/mapping.ts';
import { suggestShapeFile } from './datasources/wire/suggest-shape.ts';
import { createWorklistAdapter } from './datasources/wire/worklist-adapter.ts';
import type { WireResponse } from './datasources/wire/wire-response.ts';
import { examineConnection } from './doctor/examine-connection.ts';
import { failure } from './doctor/failure.ts';
import type { Finding } from './doctor/finding.ts';
import { mappingFindings } from './doctor/mapping-findings.ts';
import { createSender } from './http/create-send.ts';
import { getJson } from './http/get-json.ts';
import { applyPolicies, type Policy, type Send } from './http/send.ts';
import { withDeadline } from './http/with-deadline.ts';
import { UPSTREAM_LIMITS } from './limits.ts';
import type { ServiceAccount } from './service-account.ts';

export interface DoctorOptions {
  readonly environment: Environment;
  /** Where to write the shape file that mends what is not understood. */
  readonly saveShapeTo: string | undefined;
  readonly clock: Clock;
  /** Is told each finding as it is made. */
  readonly tell: (finding: Finding) => void;
}

const ASKED = { offset: 0, limit: 20 };

/**
 * Walks the way from the settings to a page of the worklist, step by step, and tells what it finds. Gives whether a query
 * for the worklist would work.
 */
export async function runDoctor({ environment, saveShapeTo, clock, tell }: DoctorOptions): Promise<boolean> {
  const config = examineSettings(environment, tell);
  if (config?.account === undefined) return false;
  const { upstream, account } = config;

  let isReachable = true;
  for (const url of originsOf(upstream)) {
    for (const finding of await examineConnection(url, upstream.proxies, clock.now())) {
      tell(finding);
      isReachable &&= finding.verdict !== 'failed';
    }
  }
  if (!isReachable) return false;

  const api = createSignedSend(upstream, account, clock);
  try {
    const token = await api.getToken();
    tell(tokenFinding(token));
    for (const finding of [scopeFinding(token, upstream.scope), ...clockFinding(api.clockSkewMs())])
      tell(finding);
  } catch (error) {
    tell(failure('Token', error));
    await api.close();
    return false;
  }
  try {
    const startedAtMs = clock.monotonicMs();
    const response = await getJson(api.send, {
      ...worklistRequest(upstream.apiUrl, ASKED),
      now: clock.now,
    });
    const tookMs = Math.round(clock.monotonicMs() - startedAtMs);
    tell({ verdict: 'ok', step: 'Worklist', text: `a page came as JSON, in ${tookMs} ms` });
    return examineBody(response, upstream, saveShapeTo, tell);
  } catch (error) {
    tell(failure('Worklist', error));
    return false;
  } finally {
    await api.close();
  }
}

function examineSettings(environment: Environment, tell: DoctorOptions['tell']): GatewayConfig | undefined {
  try {
    const config = parseConfig(environment, { readFile: (path) => readFileSync(path), isTerminal: false });
    const isSet = config.account !== undefined;
    tell({
      verdict: isSet ? 'ok' : 'failed',
      step: 'Settings',
      text: isSet
        ? 'a service account is set'
        : 'no service account is set: the gateway would start on its sandbox',
      details: isSet
        ? config.warnings
        : [
            'Set GOSPEECH_CLIENT_ID, GOSPEECH_CLIENT_SECRET, GOSPEECH_USERNAME and GOSPEECH_PASSWORD.',
            ...config.warnings,
          ],
    });
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [text = '', ...details] = error.message.split('\n');
    tell({
      verdict: 'failed',
      step: 'Settings',
      text: text.replace(/^These/, 'these').replace(/:$/, ''),
      details,
    });
    return undefined;
  }
}

/** The token endpoint and the API, once where they are at the same origin. */
function originsOf({ tokenUrl, apiUrl }: UpstreamConfig): readonly URL[] {
  return tokenUrl.origin === apiUrl.origin ? [tokenUrl] : [tokenUrl, apiUrl];
}

/** Requests to the API as the gateway sends them, one attempt each. */
function createSignedSend(upstream: UpstreamConfig, account: ServiceAccount, clock: Clock) {
  const { tokenUrl, apiUrl, scope, timeoutMs, proxies } = upstream;
  const { maxBodyBytes } = UPSTREAM_LIMITS;
  const sender = createSender({ maxConnections: 1, maxBodyBytes, proxies });
  let clockSkewMs: number | undefined;
  const noteDate: Policy = (next: Send) => async (request) => {
    const response = await next(request);
    const dateMs = Date.parse(response.headers['date'] ?? '');
    if (!Number.isNaN(dateMs)) clockSkewMs = clock.now() - dateMs;
    return response;
  };
  const send = applyPolicies(sender.send, withDeadline({ clock, timeoutMs }), noteDate);
  const ignore = () => {};
  const requestToken = createTokenRequest({ send, clock, tokenUrl, account, scope });
  const tokens = createTokenProvider({ requestToken, clock, random: () => 0, report: ignore });
  return {
    send: applyPolicies(send, withServiceToken({ tokens, origin: apiUrl.origin, clock, report: ignore })),
    getToken: tokens.get,
    clockSkewMs: () => clockSkewMs,
    async close() {
      tokens.close();
      await sender.close();
    },
  };
}

function tokenFinding({ lifetimeMs, refreshable }: ServiceToken): Finding {
  const lifetimeS = Math.round(lifetimeMs / 1_000);
  return {
    verdict: refreshable ? 'ok' : 'note',
    step: 'Token',
    text: `granted for ${lifetimeS} s, ${refreshable ? 'with' : 'without'} a refresh token`,
    details: refreshable
      ? []
      : ['The gateway logs in anew each time: offline_access in GOSPEECH_SCOPE asks for one.'],
  };
}

function scopeFinding({ scopes }: ServiceToken, asked: string): Finding {
  const missing = asked.split(/\s+/).filter((scope) => scope !== '' && !scopes.includes(scope));
  return missing.length === 0
    ? { verdict: 'ok', step: 'Scopes', text: `${scopes.join(' ')}, all that were asked for` }
    : {
        verdict: 'note',
        step: 'Scopes',
        text: `not granted: ${missing.join(' ')}`,
        details: [
          `Granted: ${scopes.join(' ')}. Check GOSPEECH_SCOPE, and what the client may do at GoSpeech.`,
        ],
      };
}

const MAX_SKEW_MS = 60_000;

function clockFinding(skewMs: number | undefined): readonly Finding[] {
  if (skewMs === undefined || Math.abs(skewMs) <= MAX_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return [
    {
      verdict: 'note',
      step: 'Clock',
      text: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} GoSpeech`,
      details: ['Set its clock: certificates, tokens of callers and ages of pages go by it.'],
    },
  ];
}

function examineBody(
  response: WireResponse,
  { shape }: UpstreamConfig,
  saveShapeTo: string | undefined,
  tell: DoctorOptions['tell'],
): boolean {
  const mapping = describeMapping(response, shape, ASKED);
  const findings = [...mappingFindings(mapping)];
  const isExplained = findings.some(({ verdict }) => verdict === 'failed');
  try {
    createWorklistAdapter({ shape, onUnexpectedType: () => {} })(response, ASKED);
  } catch (error) {
    // Of one record alone, where the others are well.
    if (!isExplained) findings.push(failure('Page', error));
  }
  for (const finding of findings) tell(finding);
  if (saveShapeTo !== undefined) {
    writeFileSync(saveShapeTo, `${JSON.stringify(suggestShapeFile(mapping, shape), null, 2)}\n`);
    tell({
      verdict: 'ok',
      step: 'Shape file',
      text: `written to ${saveShapeTo}`,
      details: ['Look at it, set GOSPEECH_SHAPE_FILE to it, and run this again.'],
    });
  }
  return findings.every(({ verdict }) => verdict !== 'failed');
}
