import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface ModalProps {
  readonly title: string;
  readonly children: ReactNode;
  onClose(): void;
}

/** A dialog over the page; the browser keeps the focus in it, closes it by Escape, and gives the focus back. */
export function Modal({ title, children, onClose }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the element leaves the page, or the browser would not give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  function tellClosed(): void {
    // While React's strict mode mounts it twice, it is open again by now.
    if (dialog.current?.open === false) onClose();
  }

  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={tellClosed}>
      <div className="modal-header">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {children}
    </dialog>
  );
}
