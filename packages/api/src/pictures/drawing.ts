import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { oneLine } from '../errors/one-line.ts';
import { writeAtomically } from '../files/atomic-write.ts';
import { moduleBeside, THREAD_ARGUMENTS } from '../threads/module-beside.ts';
import type { DrawingEnd, DrawingNews, DrawingReport, DrawingRequest } from './drawing-protocol.ts';
import { KEPT_FILES } from './kept-files.ts';

const SCRIPT = moduleBeside(import.meta.url, 'drawing-worker');
/** Milliseconds in which a state is saved, on a slow disk too. */
const SAVING_MS = 10_000;

/** A picture that is being drawn, in a thread of its own with models of its own. */
export class Drawing {
  /** How it ended: the thread is gone, and touches no file any more. */
  readonly ended: Promise<DrawingEnd>;
  readonly #folder: string;
  readonly #worker: Worker;
  #hasBegun = false;
  /** Before it began to read the start image. */
  #deaths: number | undefined;
  #isAsked = false;

  /** @param onReport told all but the end. */
  constructor(request: DrawingRequest, onReport: (report: DrawingNews) => void) {
    this.#folder = request.folder;
    this.#worker = new Worker(SCRIPT, { workerData: request, execArgv: THREAD_ARGUMENTS });
    this.ended = this.#watch(onReport);
  }

  /** Lets it save its state, if it has one, and ends it. */
  async stop(): Promise<void> {
    if (!this.#hasBegun) return this.abandon();
    this.#isAsked = true;
    this.#worker.postMessage('stop');
    const late = setTimeout(() => this.#worker.terminate(), SAVING_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends it at once. */
  async abandon(): Promise<void> {
    this.#isAsked = true;
    await this.#worker.terminate();
    await this.ended;
  }

  /** If it was ended while it read the start image, it did not die of that. */
  async #forgetDeath(): Promise<void> {
    const path = join(this.#folder, KEPT_FILES.deaths);
    if (this.#deaths === 0) await rm(path, { force: true });
    else if (this.#deaths !== undefined) await writeAtomically(path, String(this.#deaths));
  }

  #watch(onReport: (report: DrawingNews) => void): Promise<DrawingEnd> {
    return new Promise((resolve) => {
      let end: DrawingEnd | undefined;
      this.#worker.on('message', (report: DrawingReport) => {
        if (report.kind === 'begun') this.#hasBegun = true;
        if (report.kind === 'reading') {
          this.#deaths = report.deaths;
        } else if (isEnd(report)) {
          end = report;
          void this.#worker.terminate();
        } else {
          onReport(report);
        }
      });
      this.#worker.on('error', (error) => {
        end ??= lost(error);
      });
      this.#worker.on('exit', async () => {
        if (this.#isAsked && !this.#hasBegun) await this.#forgetDeath().catch(() => {});
        resolve(end ?? (this.#isAsked ? { kind: 'stopped' } : lost('it ended')));
      });
    });
  }
}

const isEnd = (report: DrawingReport): report is DrawingEnd =>
  report.kind === 'done' || report.kind === 'stopped' || report.kind === 'failed';

const lost = (cause: unknown): DrawingEnd => ({
  kind: 'failed',
  error: {
    code: 'WORKER_LOST',
    message: `expected a thread that draws, got one that died: ${oneLine(String(cause))}`,
  },
  cause,
});
