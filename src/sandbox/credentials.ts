/** The one account the sandbox knows. Fixed and public: it opens nothing else. */
export const SANDBOX_CREDENTIALS = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-client-secret',
  username: 'developer@sandbox.example',
  password: 'sandbox-password',
} as const;
