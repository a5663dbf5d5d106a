import type { FormEvent } from 'react';
import { Modal } from './modal.tsx';

interface SignInProps {
  onSubmit(apiKey: string): void;
  onClose(): void;
}

/** Asks for an API key. An app of many users sends them to its issuer of JWTs instead. */
export function SignIn({ onSubmit, onClose }: SignInProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const apiKey = new FormData(event.currentTarget).get('apiKey');
    if (typeof apiKey === 'string') onSubmit(apiKey.trim());
  }

  return (
    <Modal title="Sign in" onClose={onClose}>
      <form className="sign-in" onSubmit={submit}>
        <label htmlFor="api-key">API key</label>
        <input
          id="api-key"
          name="apiKey"
          type="password"
          autoComplete="off"
          required
          aria-describedby="api-key-hint"
        />
        <p id="api-key-hint" className="hint">
          From the operator of this service. It is forgotten when the page is closed.
        </p>
        <button type="submit">Sign in</button>
      </form>
    </Modal>
  );
}
