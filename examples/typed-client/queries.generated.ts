// Made by generate.ts from queries.graphql; not to be edited.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type ErrorCode =
  | 'ANSWER_TOO_LARGE'
  | 'BAD_CURSOR'
  | 'BAD_FILTER'
  | 'BAD_IMAGE_URL'
  | 'BAD_INPUT'
  | 'BAD_METADATA'
  | 'BAD_OPTION'
  | 'BAD_REQUEST'
  | 'BAD_TABLE'
  | 'CACHE_UNUSABLE'
  | 'CLASSIFIER_EXISTS'
  | 'CLASSIFIER_MODEL_MISMATCH'
  | 'COLLECTION_EXISTS'
  | 'COLLECTION_MODEL_MISMATCH'
  | 'COLLECTION_TOO_LARGE'
  | 'CONTRADICTORY_EXAMPLE'
  | 'CROSS_SITE_REQUEST'
  | 'DATA_BUSY'
  | 'DEADLINE_EXCEEDED'
  | 'DISK_FULL'
  | 'DISPOSED'
  | 'DOWNLOAD_CORRUPT'
  | 'DOWNLOAD_DENIED'
  | 'DOWNLOAD_FAILED'
  | 'FOLDER_NOT_ALLOWED'
  | 'FOLDER_UNREADABLE'
  | 'GPU_LOST'
  | 'GPU_UNAVAILABLE'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'HEADERS_TOO_LARGE'
  | 'HOST_NOT_ALLOWED'
  | 'IMAGE_CORRUPT'
  | 'IMAGE_CRASHED'
  | 'IMAGE_DECODE_TIMEOUT'
  | 'IMAGE_FETCH_FAILED'
  | 'IMAGE_FILE_UNREADABLE'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_UNSUPPORTED'
  | 'INTERNAL'
  | 'JOB_STATE'
  | 'LABEL_SET_EXISTS'
  | 'LABEL_SET_NOT_KEPT'
  | 'LISTEN_FAILED'
  | 'MODEL_CONFIG_INVALID'
  | 'MODEL_MEMORY_FULL'
  | 'MODEL_NOT_FOUND'
  | 'NOT_FOUND'
  | 'NO_IMAGES'
  | 'OFFLINE'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'OUTPUT_BUSY'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_UNWRITABLE'
  | 'OUT_OF_MEMORY'
  | 'OVERLOADED'
  | 'PERSISTED_QUERY_MISMATCH'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PICTURES_OFF'
  | 'PICTURE_NOT_KEPT'
  | 'PRECISION_NOT_SERVED'
  | 'QUERY_TOO_LARGE'
  | 'RATE_LIMITED'
  | 'REEMBEDDING_INCOMPLETE'
  | 'REQUEST_ABORTED'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_TOO_LARGE'
  | 'SHUTTING_DOWN'
  | 'STORE_DAMAGED'
  | 'STORE_FULL'
  | 'STORE_TOO_NEW'
  | 'STORE_UNAVAILABLE'
  | 'TOO_MANY_CLASSIFIERS'
  | 'TOO_MANY_COLLECTIONS'
  | 'TOO_MANY_EXAMPLES'
  | 'TOO_MANY_IMAGES'
  | 'TOO_MANY_IMAGE_BYTES'
  | 'TOO_MANY_JOBS'
  | 'TOO_MANY_LABELS'
  | 'TOO_MANY_LABEL_SETS'
  | 'TOO_MANY_PICTURES'
  | 'TOO_MANY_PROMPTS'
  | 'TOO_MANY_SCANS'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'TOO_MANY_TERMS'
  | 'UNAUTHENTICATED'
  | 'UNKNOWN_CLASSIFIER'
  | 'UNKNOWN_COLLECTION'
  | 'UNKNOWN_HOST'
  | 'UNKNOWN_ITEM'
  | 'UNKNOWN_JOB'
  | 'UNKNOWN_LABEL_SET'
  | 'UNKNOWN_MODEL'
  | 'UNKNOWN_PICTURE'
  | 'WEIGHTS_INVALID'
  | 'WEIGHTS_MISMATCH'
  | 'WORKER_LOST';

export type ImageInput =
  {   base64: string; upload?: never; url?: never; }
  |  { base64?: never;   upload: File; url?: never; }
  |  { base64?: never; upload?: never;   url: string; };

export type WhatIsItQueryVariables = Exact<{
  images: Array<ImageInput> | ImageInput;
  labels: Array<string> | string;
}>;


export type WhatIsItQuery = { classifyMany: Array<
    | { __typename: 'Classification', label: string, scores: Array<{ label: string, probability: number | null }> }
    | { __typename: 'ImageError', code: ErrorCode, message: string }
  > | null };


export const WhatIsItDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhatIsIt"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"images"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ImageInput"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"labels"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"classifyMany"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"images"},"value":{"kind":"Variable","name":{"kind":"Name","value":"images"}}},{"kind":"Argument","name":{"kind":"Name","value":"labels"},"value":{"kind":"Variable","name":{"kind":"Name","value":"labels"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Classification"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"scores"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"topK"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"probability"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ImageError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<WhatIsItQuery, WhatIsItQueryVariables>;