/**
 * What search computes of a model and of vectors, once for all processes. Rows of a set's levels are without a gap
 * from 0: each blob begins where the one before ends. `words` names the list that both are about.
 */
export const levels = `
CREATE TABLE prompts (
  space TEXT NOT NULL,
  words TEXT NOT NULL,
  floats BLOB NOT NULL,
  PRIMARY KEY (space, words)
) STRICT;

CREATE TABLE levels (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES vector_sets,
  words TEXT NOT NULL,
  first_row INTEGER NOT NULL,
  floats BLOB NOT NULL,
  UNIQUE (set_id, words, first_row)
) STRICT;
`;
