import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { ClipError, type ClipErrorCode, type PreprocessConfig } from '@clipql/core';
import { moduleBeside, THREAD_ARGUMENTS } from '../threads/module-beside.ts';
import type { DecodedImage } from './decoded-image.ts';

/** What a thread does to each image. */
export interface DecodeSettings {
  readonly preprocessing: PreprocessConfig;
  /** Core's own limit unless given. */
  readonly maxPixels: number | undefined;
}

/** What a thread answers for an image. */
export type DecodeReply =
  /** It has taken the image up, which a new thread does once it has loaded its decoders. */
  | { readonly begun: true }
  | { readonly image: DecodedImage }
  /** `code` where the image is at fault. */
  | { readonly code: ClipErrorCode | undefined; readonly message: string };

/** A thread that decodes one image at a time. */
export interface DecodeThread {
  decode(bytes: Uint8Array): void;
  /** Ends it at once; no callback comes after this. */
  end(): void;
}

interface DecodeThreadCallbacks {
  readonly onBegin: () => void;
  readonly onImage: (image: DecodedImage) => void;
  readonly onFailure: (error: Error) => void;
  /** It ended by itself. */
  readonly onDeath: (reason: string) => void;
}

export type StartDecodeThread = (callbacks: DecodeThreadCallbacks) => DecodeThread;

const SCRIPT = moduleBeside(import.meta.url, 'decode-worker');
/** Without it, a codec's thread that ends can take the process with it: docs/adr/0010-v8-settings.md. */
setFlagsFromString('--no-wasm-generic-wrapper');

export const decodeThreads =
  (settings: DecodeSettings): StartDecodeThread =>
  ({ onBegin, onImage, onFailure, onDeath }) => {
    const worker = new Worker(SCRIPT, { workerData: settings, execArgv: THREAD_ARGUMENTS });
    let reason = 'it ended';
    worker.on('message', (reply: DecodeReply) => {
      if ('begun' in reply) return onBegin();
      worker.unref();
      if ('image' in reply) onImage(reply.image);
      else onFailure(failure(reply));
    });
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => onDeath(reason));
    worker.unref();
    return {
      decode: (bytes) => {
        // A copy, of these bytes alone: a view would bring all of its buffer along.
        const copy = new Uint8Array(bytes);
        worker.ref();
        worker.postMessage(copy, [copy.buffer]);
      },
      end: () => {
        worker.removeAllListeners();
        worker.on('error', () => {});
        void worker.terminate();
      },
    };
  };

const failure = ({ code, message }: Extract<DecodeReply, { message: string }>): Error =>
  code === undefined ? new Error(message) : new ClipError(code, message);
