/**
 * Jobs, and their items that wait or failed: those that are done are gone from here.
 *
 * `version` grows with each change of any job, so that all processes find out what has changed.
 */
export const jobs = `
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  collection TEXT NOT NULL,
  collection_id INTEGER NOT NULL,
  work TEXT NOT NULL,
  local INTEGER NOT NULL,
  state TEXT NOT NULL,
  total INTEGER,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  per_second REAL,
  error TEXT,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_owner ON jobs (owner, id);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_version ON jobs (version);
CREATE TABLE job_items (
  job INTEGER NOT NULL REFERENCES jobs,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  source TEXT NOT NULL,
  metadata TEXT,
  deaths INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  message TEXT,
  retryable INTEGER,
  PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_items_by_key ON job_items (job, key);
`;
