import { createSender } from '../../src/http/create-send.ts';
import { GatewayError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';

/** A process of its own, since what Node trusts is decided at its start: `send-once.ts URL [HTTPS_PROXY]`. */
const [url = '', proxy] = process.argv.slice(2);
const sender = createSender({
  maxConnections: 1,
  maxBodyBytes: 1_000,
  proxies: proxy === undefined ? undefined : { https: new Secret(proxy), http: undefined, except: '' },
});
const outcome = await sender.send({ route: 'test', method: 'GET', url: new URL(url) }).then(
  ({ status, body }) => ({ status, body: body.toString() }),
  (error: unknown) => {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, hint, responseLost, mayRetryAtOnce } = error;
    return { code, message, hint, responseLost, mayRetryAtOnce };
  },
);
process.stdout.write(JSON.stringify(outcome));
await sender.close();
