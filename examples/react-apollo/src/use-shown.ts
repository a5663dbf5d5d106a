import { useSyncExternalStore } from 'react';

function subscribe(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Whether somebody can see the page: not while its tab is behind another one. */
export function useShown(): boolean {
  return useSyncExternalStore(subscribe, () => !document.hidden);
}
