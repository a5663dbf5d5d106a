/**
 * Ends the process where nobody reads what it prints any more, as other commands do in a pipe such as `… | head -1`;
 * Node would print a stack. The exit code is that of a process that SIGPIPE ends.
 */
export function endWithReader(output: NodeJS.WriteStream, exit: (code: number) => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit(141);
  });
}
