/** Requests of callers in their present minute, for rate limits. Nobody misses them after a crash. */
export const requestCounts = `
CREATE UNLOGGED TABLE request_counts (
  policy text NOT NULL,
  caller bytea NOT NULL,
  used bigint NOT NULL,
  ends timestamptz NOT NULL,
  PRIMARY KEY (policy, caller)
);
`;
