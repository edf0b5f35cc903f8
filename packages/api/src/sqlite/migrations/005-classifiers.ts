/** Classifiers, their classes and examples. `version` counts changes of a classifier's examples. */
export const classifiers = `
CREATE TABLE classifiers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  model TEXT NOT NULL,
  dimensions INTEGER NOT NULL,
  logit_scale REAL NOT NULL,
  templates TEXT NOT NULL,
  keeps_images INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  temperature REAL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (owner, name)
) STRICT;

CREATE TABLE classes (
  classifier INTEGER NOT NULL REFERENCES classifiers,
  place INTEGER NOT NULL,
  label TEXT NOT NULL,
  texts TEXT,
  direction BLOB,
  is_cut INTEGER NOT NULL,
  PRIMARY KEY (classifier, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE examples (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  classifier INTEGER NOT NULL REFERENCES classifiers,
  place INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  embedding BLOB NOT NULL,
  added_at INTEGER NOT NULL,
  UNIQUE (classifier, content_hash)
) STRICT;
CREATE INDEX examples_by_class ON examples (classifier, place);

CREATE TABLE example_images (
  example INTEGER PRIMARY KEY REFERENCES examples,
  image BLOB NOT NULL
) STRICT;
`;
