import type { ReactNode } from 'react';

interface BusyButtonProps {
  readonly className?: string;
  readonly isBusy: boolean;
  readonly children: ReactNode;
  onPress(): void;
}

/** A button that does nothing while something is under way. It is not `disabled`, which would take the focus from it. */
export function BusyButton({ className, isBusy, children, onPress }: BusyButtonProps) {
  return (
    <button type="button" className={className} aria-disabled={isBusy} onClick={isBusy ? undefined : onPress}>
      {children}
    </button>
  );
}
