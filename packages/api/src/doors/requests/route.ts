import type { Context } from '../../answers/context.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Operation } from './operation.ts';
import type { BodyLimits, JsonObject } from './request-body.ts';
import type { Services } from './services.ts';

export const GRAPHQL_PATH = '/graphql';

/** A method and a path, and all that the server knows of them before it answers. */
export interface Route {
  /** GET stands for HEAD too, whose answer's body is not sent. */
  readonly method: 'GET' | 'POST';
  /** A last part in braces, as in `/v1/models/{id}`, stands for the rest of the path. */
  readonly path: string;
  /** Its name in metrics and traces. */
  readonly name: string;
  /** Undefined for GraphQL itself, which yoga answers. */
  readonly door?: Door;
  /** Whether it is for callers with a key, where the server asks for keys. */
  readonly needsKey: boolean;
  /** Whether it counts against rate limits and has to name one of the server's hosts. */
  readonly isLimited: boolean;
  /** Whether the log has a line for each request. */
  readonly isLogged: boolean;
  /** What its body may be; undefined where none is read. */
  readonly body?: RouteBody;
  /** Whether this request may have it, where that depends on more than method and path; if not, the next of both does. */
  readonly isFor?: (request: Request, settings: Settings) => boolean;
}

interface RouteBody {
  /** The media types it takes; any unless given, since old clients send none. */
  readonly types?: readonly string[];
  readonly limits: (settings: Settings) => BodyLimits;
}

/** What answers the requests of a route. */
export interface Door {
  /** @throws what becomes an error in the form that clients of the path read. */
  answer(asked: DoorRequest): Promise<Response> | Response;
  /** What OpenAPI says of it; undefined for pages and their files. */
  readonly operation?: Operation;
}

/** A request as a door gets it. */
interface DoorRequest {
  readonly request: Request;
  /** What stands in the place of the path's part in braces, decoded. */
  readonly rest: string;
  readonly context: Context;
  readonly services: Services;
  readonly routes: readonly Route[];
  /** The request's body: see {@link readJsonObject}. */
  readonly readJson: () => Promise<JsonObject>;
}
