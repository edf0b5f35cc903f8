import { z } from 'zod';
import { asksForKeys } from '../../access/open-to-all.ts';
import { meaningOf } from '../../errors/error-codes.ts';
import type { PublicError } from '../../errors/public-error.ts';
import { version } from '../../settings/version.ts';
import { ACCEPTED_CODINGS } from '../requests/content-coding.ts';
import { graphqlErrorOf } from '../requests/http-error.ts';
import { isOpenAiPath, openAiCode, openAiErrorOf } from '../requests/open-ai-error.ts';
import type { Operation, OperationAnswer } from '../requests/operation.ts';
import { type Door, GRAPHQL_PATH, type Route } from '../requests/route.ts';

const JSON_TYPE = 'application/json';

/** `GET /openapi.json`: every path but GraphQL's and the pages, in OpenAPI 3.1. */
export const openApi: Door = {
  answer: ({ routes, services: { settings } }) =>
    Response.json(openApiDocument(routes, asksForKeys(settings))),
  operation: {
    id: 'readOpenApi',
    summary: 'This document',
    answers: {
      200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) },
    },
    errors: [],
    examples: [],
  },
};

/** @see https://spec.openapis.org/oas/v3.1.1 */
function openApiDocument(routes: readonly Route[], needKeys: boolean): object {
  const documented = routes.flatMap((route) => {
    const { operation } = route.door ?? {};
    return operation === undefined ? [] : [{ route, operation }];
  });
  const paths = Map.groupBy(documented, ({ route }) => route.path);
  return {
    openapi: '3.1.1',
    info: {
      title: 'ClipQL',
      version: version(),
      description: `What CLIP answers beside GraphQL, which is at ${GRAPHQL_PATH}.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(
      [...paths].map(([path, entries]) => [
        path,
        Object.fromEntries(
          entries.map(({ route, operation }) => [
            route.method.toLowerCase(),
            operationObject(route, operation, needKeys),
          ]),
        ),
      ]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'an API key or a JSON Web Token' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  };
}

function operationObject(route: Route, operation: Operation, needKeys: boolean): object {
  const { id, summary, description, body, answers, examples } = operation;
  const { path, needsKey } = route;
  const [, part] = /\{(\w+)\}$/.exec(path) ?? [];
  const known = Object.entries(answers).map(([status, answer]) => [status, answerObject(answer)]);
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    security: needKeys && needsKey ? [{ bearer: [] }, { apiKey: [] }] : [],
    ...(part !== undefined && {
      parameters: [
        {
          name: part,
          in: 'path',
          required: true,
          description: operation.rest,
          schema: { type: 'string' },
          examples: named(examples.map(({ rest: value, ...example }) => ({ ...example, value }))),
        },
      ],
    }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        description: `May be compressed: ${ACCEPTED_CODINGS}.`,
        content: {
          [JSON_TYPE]: {
            schema: jsonSchema(body),
            examples: named(examples.map(({ body: value, ...example }) => ({ ...example, value }))),
          },
        },
      },
    }),
    responses: { ...errorObjects(route, operation), ...Object.fromEntries(known) },
  };
}

interface NamedExample {
  readonly name: string;
  readonly summary: string;
  readonly status?: number;
  readonly value: unknown;
}

/** OpenAPI has no place for the status of an example, so its summary tells it. */
const named = (examples: readonly NamedExample[]): object =>
  Object.fromEntries(
    examples.map(({ name, summary, status, value }) => [
      name,
      { summary: status === undefined ? summary : `${summary}: ${status}`, value },
    ]),
  );

function answerObject({ description, schema, mediaType, headers }: OperationAnswer): object {
  const described = Object.entries(headers ?? {}).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(headers !== undefined && { headers: Object.fromEntries(described) }),
    ...(schema && {
      content: { [mediaType ?? JSON_TYPE]: { schema: jsonSchema(schema, 'output') } },
    }),
  };
}

/** By status, with the codes that have it. */
function errorObjects(route: Route, { errors }: Operation): object {
  const statuses = Map.groupBy(
    [
      ...codesOfRoute(route).map((code) => [meaningOf({ code }).status, code] as const),
      ...(route.body ? [[415, 'BAD_REQUEST'] as const] : []),
      ...errors.map((code) => [meaningOf({ code }).status, code] as const),
    ],
    ([status]) => status,
  );
  const isOpenAi = isOpenAiPath(route.path);
  return Object.fromEntries(
    [...statuses].map(([status, entries]) => {
      const codes = [...new Set(entries.map(([, code]) => (isOpenAi ? openAiCode(code) : code)))];
      const schema = (isOpenAi ? openAiErrorOf : graphqlErrorOf)(z.enum(codes));
      return [status, answerObject({ description: codes.join(', '), schema })];
    }),
  );
}

/** What any request of a route may fail with. */
function codesOfRoute({ needsKey, isLimited, body }: Route): readonly PublicError['code'][] {
  return [
    ...(body
      ? (['BAD_REQUEST', 'REQUEST_TOO_LARGE', 'REQUEST_TIMEOUT', 'CROSS_SITE_REQUEST'] as const)
      : []),
    ...(needsKey ? (['UNAUTHENTICATED'] as const) : []),
    ...(isLimited ? (['RATE_LIMITED', 'UNKNOWN_HOST', 'SHUTTING_DOWN'] as const) : []),
    'INTERNAL',
  ];
}

/** A schema as a client sees it: OpenAPI 3.1 has JSON Schema's own. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
