import type { ComponentType } from 'preact';

/** What a view gets from the frame. */
export interface ViewProps {
  /** What the address has after `#/NAME?`: the state to begin with. Another address begins the view anew. */
  readonly parameters: URLSearchParams;
  /** Whether it is the one that is seen; the others keep their state. */
  readonly isShown: boolean;
  /** Writes its state into the address, without an entry in the history. */
  readonly onParameters: (parameters: URLSearchParams) => void;
}

/** A tab of the page. */
export type View = {
  /** In the address. */
  readonly name: string;
  readonly title: string;
} & (LoadedView | { readonly load: () => Promise<LoadedView> });

/** One whose code is there. */
export interface LoadedView {
  readonly Content: ComponentType<ViewProps>;
}
