import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** As often as an orchestrator with many probes would. */
const PAUSE_MS = 50;

/** Asks a server for its health again and again, each time on a new connection. */
export class HealthProbe {
  readonly #url: URL;
  readonly #times: number[] = [];
  readonly #running: Promise<void>;
  #isOver = false;

  /** @param server its URL. */
  constructor(server: string) {
    this.#url = new URL('/healthz', server);
    this.#running = this.#run();
  }

  /** @returns milliseconds of each answer, infinite where there was none. */
  async end(): Promise<readonly number[]> {
    this.#isOver = true;
    await this.#running;
    return this.#times;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      this.#times.push(await this.#ask());
      await setTimeout(PAUSE_MS);
    }
  }

  #ask(): Promise<number> {
    const start = performance.now();
    return new Promise((resolve) => {
      request(this.#url, { agent: false }, (response) => {
        response.resume().on('end', () => {
          const isWell = response.statusCode === 200;
          resolve(isWell ? performance.now() - start : Number.POSITIVE_INFINITY);
        });
      })
        .on('error', () => resolve(Number.POSITIVE_INFINITY))
        .end();
    });
  }
}
