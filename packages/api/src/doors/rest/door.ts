import type { Context } from '../../answers/context.ts';
import type { DescribedError } from '../../telemetry/error-log.ts';
import type { ServerContext, Services } from '../requests/services.ts';

/** What the server has for all requests, and for this one. */
type DoorServices = Pick<Services, 'readiness' | 'settings'> & Pick<ServerContext, 'keepBytes'>;

/** One way in beside GraphQL. */
export interface Door {
  /** GET stands for HEAD too, whose answer's body is not sent. */
  readonly method: 'GET' | 'POST';
  /** @throws what {@link Door.fail} makes an answer of. */
  answer(request: Request, context: Context, services: DoorServices): Promise<Response>;
  /** How this door's clients expect a failure. */
  fail(error: DescribedError): Response;
}
