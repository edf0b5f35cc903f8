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
  /** What is out of reach, although requests that need none of it are answered. */
  away(): Promise<readonly 'store'[]>;
  /** From now on it should not: the server is ending. */
  end(): void;
}

/**
 * For a server whose models are loaded.
 *
 * @param loading how far its search indexes are.
 * @param isStoreThere whether what is kept can be reached.
 */
export function createReadiness(
  loading: () => Loading | undefined = () => undefined,
  isStoreThere: () => Promise<boolean> = async () => true,
): Readiness {
  let isEnding = false;
  return {
    get isReady() {
      return !isEnding && loading() === undefined;
    },
    get loading() {
      return isEnding ? undefined : loading();
    },
    away: async () => ((await isStoreThere()) ? [] : ['store']),
    end: () => {
      isEnding = true;
    },
  };
}
