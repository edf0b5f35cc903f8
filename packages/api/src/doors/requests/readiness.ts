/** Whether a load balancer should send requests here. */
export interface Readiness {
  readonly isReady: boolean;
  /** From now on it should not: the server is ending. */
  end(): void;
}

/** For a server whose models are loaded. */
export function createReadiness(): Readiness {
  let isReady = true;
  return {
    get isReady() {
      return isReady;
    },
    end: () => {
      isReady = false;
    },
  };
}
