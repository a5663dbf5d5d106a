import type { IncomingMessage } from 'node:http';

/** Why there is no body. Where it is broken off, the client has gone, and nobody waits for a response. */
export interface BodyProblem {
  readonly problem: 'too large' | 'broken off';
}

/** The text of a body of at most `maxBytes`, in UTF-8. Of a longer one no more is kept once that shows. */
export function readBody(
  request: IncomingMessage,
  { maxBytes, onPiece }: { readonly maxBytes: number; readonly onPiece: (piece: Buffer) => void },
): Promise<{ readonly text: string } | BodyProblem> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      onPiece(chunk);
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else resolve({ problem: 'too large' });
    });
    request.on('end', () => resolve({ text: textOf(chunks) }));
    request.on('error', () => resolve({ problem: 'broken off' }));
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const text =
    first !== undefined && chunks.length === 1 ? first.toString() : Buffer.concat(chunks).toString();
  // Some programs begin with a byte order mark, which whoever reads JSON may ignore (RFC 8259, section 8.1).
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
