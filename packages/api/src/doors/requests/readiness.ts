/** How far loading is. */
export interface Loading {
  readonly rows: number;
  readonly of: number;
}

/** Whether a load balancer should send requests here. */
export interface Readiness {
  readonly isReady: boolean;
  /** Undefined once search indexes are loaded. */
  readonly loading: Loading | undefined;
  /** From now on it should not: the server is ending. */
  end(): void;
}

/**
 * For a server whose models are loaded.
 *
 * @param loading how far its search indexes are.
 */
export function createReadiness(loading: () => Loading | undefined = () => undefined): Readiness {
  let isEnding = false;
  return {
    get isReady() {
      return !isEnding && loading() === undefined;
    },
    get loading() {
      return isEnding ? undefined : loading();
    },
    end: () => {
      isEnding = true;
    },
  };
}
