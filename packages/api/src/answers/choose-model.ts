import { ApiError } from '../errors/api-error.ts';
import type { ModelSession } from '../loaders/loaders.ts';
import type { Context } from './context.ts';

/** Which model to ask; the first one that is served unless told otherwise. */
export interface ModelChoice {
  readonly model?: string | null | undefined;
  /** `f32` or `int8`; the model's own unless given. */
  readonly precision?: string | null | undefined;
}

/**
 * The model that a request asks for, with its loaders.
 *
 * @throws ApiError UNKNOWN_MODEL; PRECISION_NOT_SERVED when it computes in another precision, or,
 *   without a name, when every loaded model does.
 */
export async function chooseModel(
  { use, models }: Pick<Context, 'use' | 'models'>,
  { model, precision }: ModelChoice,
): Promise<ModelSession> {
  const session = await use(model);
  const first = precisionOf(session);
  if (precision == null || precision === first) return session;
  const loaded = models.list().filter(({ loaded }) => loaded !== undefined);
  const other = loaded.find(({ loaded }) => loaded?.clip.info.backend.precision === precision);
  if (model == null && other !== undefined) return use(other.name);
  throw new ApiError(
    'PRECISION_NOT_SERVED',
    `expected precision ${first}, in which ${session.model.clip.info.name} is served, got ${precision}`,
  );
}

const precisionOf = ({ model }: ModelSession): string => model.clip.info.backend.precision;
