import { createPicture, loadClip, type PictureQuality, type RgbImage } from '@clipql/core';
import { describeMachine, type Machine } from '../kit/machine.ts';
import { benchModel } from '../kit/models/bench-model.ts';
import { atLeast, type Claim } from '../kit/reports/claims.ts';
import { contactSheet } from './contact-sheet.ts';
import { drawPrompt } from './draw-prompt.ts';
import { freshViews } from './fresh-views.ts';
import { Judge, type Verdict } from './judge.ts';
import { PictureFolder } from './picture-folder.ts';
import { plainAscent } from './plain-ascent.ts';
import { PROMPTS } from './prompts.ts';

export interface PicturesRequest {
  /** The model that draws, as `benchModel` takes it. */
  readonly model: string;
  /** The model that judges and had no part in the drawing. */
  readonly judge: string;
  readonly quality: PictureQuality;
  readonly seed: number;
  /** Pixels a side. */
  readonly size: number;
  /** Steps after which a picture is taken as it is; all unless given. */
  readonly steps?: number | undefined;
  /** How many of the prompts are drawn. */
  readonly limit: number;
  readonly threads: number;
  /** Folder of the pictures. */
  readonly out: string;
}

/** How the models see one picture. */
interface Verdicts {
  /** The drawing model's, over views that the drawing never used. */
  readonly fresh: Verdict;
  /** The held-out model's, of the whole picture. */
  readonly heldOut: Verdict;
}

/** A prompt's picture and the controls. */
export interface PictureRow {
  readonly prompt: string;
  readonly drawn: Verdicts;
  /** By gradient ascent on pixels, with as many passes. */
  readonly plain: Verdicts;
  /** What both began with: grey. */
  readonly start: Verdicts;
}

/** What `bench pictures --json` prints. */
export interface PicturesReport extends Omit<PicturesRequest, 'out' | 'limit'> {
  readonly steps: number;
  readonly machine: Machine;
  readonly rows: readonly PictureRow[];
  readonly claims: readonly Claim[];
  readonly passed: boolean;
}

const VIEWS_A_STEP = 16;

/** Least shares of pictures for which something holds. */
const LEAST = { fresh: 18 / 20, heldOut: 7 / 20, plain: 0.9 };

/** @throws BenchError for a model or folder that is not there or another; ClipError for options out of their range. */
export async function runPictures(
  { limit, out, ...request }: PicturesRequest,
  progress: (line: string) => void,
): Promise<PicturesReport> {
  const machine = describeMachine();
  const { model, judge, threads, quality, seed, size } = request;
  const [drawing, heldOut] = await Promise.all([model, judge].map(benchModel));
  const clip = await loadClip(drawing!.files, { threads });
  const judging = await loadClip(heldOut!.files, { threads });
  try {
    const options = { quality, seed, size };
    const blank = await createPicture(clip, { prompts: PROMPTS[0]!, ...options });
    const start = await blank.image();
    const steps = Math.min(request.steps ?? blank.steps, blank.steps);
    const folder = await PictureFolder.open(out, {
      model,
      ...options,
      steps,
      recipe: blank.recipe,
    });
    const judges = { fresh: await Judge.of(clip), heldOut: await Judge.of(judging) };
    const prompts = PROMPTS.slice(0, limit);
    const pictures: RgbImage[] = [];
    for (const prompt of prompts) {
      const begun = performance.now();
      const draw = () => drawPrompt(clip, { prompts: prompt, ...options }, { steps, folder });
      pictures.push(await folder.picture(prompt, draw));
      progress(`${prompt}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
    await folder.write('sheet.jpg', await contactSheet(pictures));
    const rows: PictureRow[] = [];
    for (const [i, prompt] of prompts.entries()) {
      const ascend = () => plainAscent(clip, prompt, VIEWS_A_STEP * steps);
      const plain = await folder.picture(`${prompt}, plain`, ascend);
      rows.push({
        prompt,
        drawn: await verdicts(judges, pictures[i]!, prompt),
        plain: await verdicts(judges, plain, prompt),
        start: await verdicts(judges, start, prompt),
      });
      progress(`${prompt}: judged`);
    }
    const claims = claimsOf(rows);
    const passed = claims.every((claim) => claim.passed);
    return { machine, ...request, steps, rows, claims, passed };
  } finally {
    clip.dispose();
    judging.dispose();
  }
}

async function verdicts(
  { fresh, heldOut }: Readonly<Record<'fresh' | 'heldOut', Judge>>,
  picture: RgbImage,
  prompt: string,
): Promise<Verdicts> {
  return {
    fresh: await fresh.verdict(freshViews(picture), prompt),
    heldOut: await heldOut.verdict([picture], prompt),
  };
}

function claimsOf(rows: readonly PictureRow[]): readonly Claim[] {
  const claim = (what: string, least: number, holds: (row: PictureRow) => boolean) =>
    atLeast(what, rows.filter(holds).length, Math.ceil(least * rows.length));
  return [
    claim(
      'fresh views rank the right prompt first',
      LEAST.fresh,
      ({ drawn }) => drawn.fresh.rank === 1,
    ),
    claim(
      'the held-out model ranks it first',
      LEAST.heldOut,
      ({ drawn }) => drawn.heldOut.rank === 1,
    ),
    claim(
      'the held-out model finds it nearer than plain ascent',
      LEAST.plain,
      ({ drawn, plain }) => drawn.heldOut.cosine > plain.heldOut.cosine,
    ),
  ];
}
