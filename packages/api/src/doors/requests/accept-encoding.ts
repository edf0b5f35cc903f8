/** How an answer may be compressed, the denser first. */
const CODINGS = ['br', 'gzip'] as const;

export type AnswerCoding = (typeof CODINGS)[number];

/**
 * The coding to answer in, by a request's `accept-encoding`; undefined for none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function acceptedCoding(header: string | null | undefined): AnswerCoding | undefined {
  const weights = new Map(
    (header ?? '').split(',').map((member) => {
      const [name = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, weight === undefined ? 1 : Number(weight.slice(2)) || 0] as const;
    }),
  );
  const weightOf = (coding: AnswerCoding) => weights.get(coding) ?? weights.get('*') ?? 0;
  const best = CODINGS.toSorted((a, b) => weightOf(b) - weightOf(a))[0]!;
  return weightOf(best) > 0 ? best : undefined;
}
