/** A step of a download; in the order in which they happen. */
export type DownloadProgress =
  /** A file begins, or goes on where an earlier download ended. */
  | {
      readonly kind: 'start';
      readonly file: string;
      readonly received: number;
      readonly size: number;
    }
  /** More of it has arrived. */
  | {
      readonly kind: 'data';
      readonly file: string;
      readonly received: number;
      readonly size: number;
    }
  /** It is complete, checked and in its place; `cached` where nothing had to be downloaded. */
  | {
      readonly kind: 'done';
      readonly file: string;
      readonly size: number;
      readonly cached: boolean;
    }
  /** Another process downloads it; `pid` is 0 where it cannot be told which. */
  | { readonly kind: 'wait'; readonly file: string; readonly pid: number }
  /** The connection failed, and is tried again. */
  | {
      readonly kind: 'retry';
      readonly file: string;
      readonly reason: string;
      readonly seconds: number;
    };

/** Called with each step of a download. */
export type OnProgress = (progress: DownloadProgress) => void;
