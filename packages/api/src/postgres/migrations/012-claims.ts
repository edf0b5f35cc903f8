/** What one process alone does at present: jobs of the command line, and the making of indexes. */
export const claims = `
CREATE TABLE claims (
  what text PRIMARY KEY,
  claimant uuid NOT NULL,
  ends timestamptz NOT NULL
);
ALTER TABLE jobs DROP COLUMN claimed_by, DROP COLUMN claimed_until;
`;
