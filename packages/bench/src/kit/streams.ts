/** Where a command writes: its answer to `stdout`, progress and errors to `stderr`. */
export interface Streams {
  stdout(text: string): void;
  stderr(text: string): void;
}
