import { ApolloProvider } from '@apollo/client/react';
import { useState } from 'react';
import { createClient } from './create-client.ts';
import { SignIn } from './sign-in.tsx';
import { TokenLife } from './token-life.tsx';
import { Worklist } from './worklist.tsx';

/** The page. Who is signed in is known until it is closed, and stored nowhere. */
export function App() {
  const [session, setSession] = useState(() => ({ number: 0, client: createClient() }));
  const [isSigningIn, setIsSigningIn] = useState(false);

  function signIn(apiKey: string): void {
    setSession(({ number }) => ({ number: number + 1, client: createClient(apiKey) }));
    setIsSigningIn(false);
  }

  return (
    // Nothing of one user stays on the page for another.
    <ApolloProvider key={session.number} client={session.client}>
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
