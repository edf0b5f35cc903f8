import type { OnProgress } from './progress.ts';

/** Options of {@link modelFromHub}. */
export interface HubOptions {
  /** A branch, tag or commit. Default: `main`. What a commit holds never changes. */
  readonly revision?: string | undefined;
  /** Called with each file as it starts, grows and ends. */
  readonly onProgress?: OnProgress | undefined;
  /**
   * Where files are kept. In a page, a name in Cache Storage, `clipql` unless given, or false to hold them in
   * memory. In Node, a folder, by default the one that Python's huggingface_hub uses.
   */
  readonly cache?: string | false | undefined;
  /** The hub's address. Default: https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** For private and gated models. Sent to the endpoint alone. */
  readonly token?: string | undefined;
}

/** A model of a hub, as {@link HubOptions} has it. */
export interface HubModelRequest extends HubOptions {
  /** `org/name` */
  readonly id: string;
}
