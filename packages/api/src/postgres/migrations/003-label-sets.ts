/**
 * Label sets, and their embeddings by one model each, in the form of a file. `version` of an owner counts changes, so that
 * a server reads them again only when another has changed one. Texts are JSON.
 */
export const labelSets = `
CREATE TABLE label_set_owners (
  owner text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0
);

CREATE TABLE label_sets (
  owner text NOT NULL,
  name text NOT NULL,
  labels text NOT NULL,
  templates text NOT NULL,
  created_at text NOT NULL,
  PRIMARY KEY (owner, name)
);

CREATE TABLE label_set_embeddings (
  owner text NOT NULL,
  name text NOT NULL,
  model text NOT NULL,
  file bytea NOT NULL,
  PRIMARY KEY (owner, name, model),
  FOREIGN KEY (owner, name) REFERENCES label_sets ON DELETE CASCADE
);
`;
