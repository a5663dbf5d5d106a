import { ApolloProvider } from '@apollo/client/react';
import { useMemo, useState } from 'react';
import { createClient } from './create-client.ts';
import { SignIn } from './sign-in.tsx';
import { TokenLife } from './token-life.tsx';
import { Worklist } from './worklist.tsx';

/** The page. Who is signed in is known until it is closed, and stored nowhere. */
export function App() {
  const [apiKey, setApiKey] = useState<string>();
  const [isSigningIn, setIsSigningIn] = useState(false);
  const client = useMemo(() => createClient(apiKey), [apiKey]);

  function signIn(key: string): void {
    setApiKey(key);
    setIsSigningIn(false);
  }

  return (
    // Nothing of one user stays on the page for another.
    <ApolloProvider key={apiKey} client={client}>
      <header className="page-header">
        <h1>Worklist</h1>
        <TokenLife />
      </header>
      <main>
        <Worklist onSignIn={() => setIsSigningIn(true)} />
      </main>
      {isSigningIn && <SignIn onSubmit={signIn} onClose={() => setIsSigningIn(false)} />}
    </ApolloProvider>
  );
}
