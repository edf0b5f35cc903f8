export const SHEEP = '/examples/march-pastoral.jpg';
export const CLASSIFY = `classify(imageUrl: "${SHEEP}", labels: ["a", "b"]) { label }`;
export const CLASSIFY_MANY = `query ($images: [ImageInput!]!, $labels: [String!]!, $templates: [String!]) {
  classifyMany(images: $images, labels: $labels, templates: $templates) { __typename }
}`;

export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
export const nested = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

/** A request's body and headers; a POST of JSON unless it says otherwise. */
export interface Attack {
  readonly what: string;
  readonly query?: string;
  readonly variables?: unknown;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  /** The code that it is refused with. */
  readonly code: string;
  readonly status?: number;
}

export const tooLarge = 'QUERY_TOO_LARGE';
export const invalid = 'GRAPHQL_VALIDATION_FAILED';
export const unparsed = 'GRAPHQL_PARSE_FAILED';
