import { ERROR_CODES, meaningOf } from './error-codes.ts';

const INTRODUCTION = `# Errors

Every error has a code and one line that says what was expected and what came. GraphQL has the code in
\`extensions.code\`, results and payloads have it in \`code\`, and paths under \`/v1/\` in \`error.code\`. Codes are stable;
messages are not.

The status is that of a request which fails as a whole. A GraphQL response with data has status 200, whatever its
errors; it has 429 where the server was too busy for all of it. If *retry* is yes, the same request may succeed later; \`retry-after\` and \`retryAfter\` say when, where that is
known. An error's own \`retryable\` is more exact than this table.

`;

/** `docs/errors.md`: all codes, as the one table has them. */
export function errorsPage(): string {
  const rows = ERROR_CODES.map((code) => {
    const { status, retryable, meaning, action } = meaningOf({ code });
    return `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} | ${action} |`;
  });
  const head = [
    '| code | status | retry | what it means | what to do |',
    '| --- | --: | --- | --- | --- |',
  ];
  return `${INTRODUCTION}${[...head, ...rows].join('\n')}\n`;
}
