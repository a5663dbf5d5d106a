import type { Secret } from './secret.ts';

/** The GoSpeech account that the gateway acts as. */
export interface ServiceAccount {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The account's email address. */
  readonly username: string;
  /** Without one the token request is sent as the upstream's documentation shows it. */
  readonly password: Secret | undefined;
}
