/**
 * Jobs, and their items that wait or failed: those that are done are gone from here.
 *
 * Texts of items are JSON, which can say what PostgreSQL's texts cannot: NUL, and half a character.
 * `cut_until` is the last `seq` that a worker was told of, `changed_at` when the job last got on, or
 * somebody looked after it.
 */
export const jobs = `
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL,
  collection text NOT NULL,
  collection_id bigint NOT NULL,
  work json NOT NULL,
  local boolean NOT NULL,
  state text NOT NULL,
  total bigint,
  done bigint NOT NULL DEFAULT 0,
  failed bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  rate float8,
  rated_at timestamptz,
  began_at timestamptz,
  error json,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version bigint NOT NULL DEFAULT 1,
  last_seq bigint NOT NULL DEFAULT 0,
  cut_until bigint NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  claimed_by uuid,
  claimed_until timestamptz
);
CREATE INDEX jobs_by_owner ON jobs (owner, id);
CREATE INDEX jobs_open ON jobs (id) WHERE state NOT IN ('DONE', 'FAILED', 'CANCELLED');
CREATE TABLE job_items (
  job bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
  seq bigint NOT NULL,
  key_hash bytea NOT NULL,
  key text NOT NULL,
  source text NOT NULL,
  metadata json,
  deaths integer NOT NULL DEFAULT 0,
  error json,
  PRIMARY KEY (job, seq)
);
CREATE UNIQUE INDEX job_items_by_key ON job_items (job, key_hash);
CREATE INDEX job_items_failed ON job_items (job, seq) WHERE error IS NOT NULL;
CREATE INDEX job_items_suspect ON job_items (job, deaths, seq) WHERE error IS NULL AND deaths > 1;
`;
