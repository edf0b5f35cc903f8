import { availableParallelism } from 'node:os';
import { decodeImage, loadClip } from '@clipql/core';
import { jpegCodec } from '../kit/jpeg/jpeg-codec.ts';
import { jpegFile } from '../kit/jpeg/jpeg-file.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { atMost } from '../kit/reports/claims.ts';
import { medianTime } from '../kit/timing/median-time.ts';
import { round } from '../kit/timing/statistics.ts';
import { embedFolder } from './embed-folder.ts';
import type { Probe } from './probe.ts';

/** A picture from the web, a large screen, a camera of 12 megapixels. */
const PICTURES = [
  { width: 640, height: 480 },
  { width: 1920, height: 1080 },
  { width: 4000, height: 3000 },
];
const SCREEN_PIXELS = 1920 * 1080;
const CAMERA_PIXELS = 12_000_000;
/** Pictures that `clipql embed` takes together, decoding some while others are in the model. */
const IN_FOLDER = 64;
/** Decode and preprocessing against the codec alone, for a camera's picture. */
const MOST_OF_CODEC = 1.3;
/** A folder's time against the least that its parts allow: decoding goes on while the model runs. */
const MOST_OF_LEAST = 1.5;

/** From a JPEG file's bytes to an embedding, and what each part of the way takes. */
export const endToEndProbe: Probe = async (request) => {
  const { model, precision, threads, times } = request;
  const codec = await jpegCodec();
  const { files, folder } = await benchModel(model);
  const clip = await loadClip(files, { precision, threads });
  const rows = [];
  const claims = [];
  for (const { width, height } of PICTURES) {
    const file = await jpegFile(codec, width, height);
    const codecMs = await medianTime(times, () => codec.decode(file));
    const decodeMs = await medianTime(times, () => decodeImage(file));
    const preprocessedMs = await medianTime(times, () => clip.preprocess(file));
    const pixels = await clip.preprocess(file);
    const towerMs = await medianTime(times, () => clip.encodeImages([pixels]));
    const totalMs = await medianTime(times, () => clip.encodeImages([file]));
    rows.push({
      picture: `${width}×${height}`,
      fileKB: Math.round(file.length / 1000),
      precision,
      threads,
      codecMs: round(codecMs),
      decodeMs: round(decodeMs),
      preprocessMs: round(preprocessedMs - decodeMs),
      towerMs: round(towerMs),
      totalMs: round(totalMs),
    });
    if (folder !== undefined && width * height === SCREEN_PIXELS) {
      const batch = Array.from({ length: IN_FOLDER }, () => pixels);
      const batchMs = await medianTime(times, () => clip.encodeImages(batch));
      const folderMs = await embedFolder(folder, file, IN_FOLDER, request);
      rows.push({
        picture: `a folder of ${IN_FOLDER} of ${width}×${height}`,
        fileKB: Math.round((IN_FOLDER * file.length) / 1000),
        precision,
        threads,
        codecMs: round(IN_FOLDER * codecMs),
        decodeMs: round(IN_FOLDER * decodeMs),
        preprocessMs: round(IN_FOLDER * (preprocessedMs - decodeMs)),
        towerMs: round(batchMs),
        totalMs: round(folderMs),
      });
      const least = leastTime(IN_FOLDER * preprocessedMs, batchMs, clip.info.backend.threads);
      const claim = `a folder of ${IN_FOLDER} by the least that decoding and forward passes allow`;
      claims.push(atMost(claim, folderMs / least, MOST_OF_LEAST));
    }
    if (width * height >= CAMERA_PIXELS) {
      const claim = `decoding and preprocessing ${width}×${height} by the codec alone`;
      claims.push(atMost(claim, preprocessedMs / codecMs, MOST_OF_CODEC));
    }
  }
  clip.dispose();
  return { rows, claims };
};

/**
 * The time of a folder if no core ever waited: that of the forward passes, or more where the cores have more to
 * do. Decoding has a thread for each core.
 *
 * @param decodingMs of all its pictures, one after another.
 * @param forwardMs of all its pictures, on so many threads.
 */
function leastTime(decodingMs: number, forwardMs: number, threads: number): number {
  const all = forwardMs * threads + decodingMs;
  return Math.max(forwardMs, all / availableParallelism());
}
