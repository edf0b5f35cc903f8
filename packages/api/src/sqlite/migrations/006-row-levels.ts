/**
 * Levels of rows whose numbers may lie far apart: `rows` and `floats` have 4 bytes for each. Those that were kept by the
 * place of a row are computed again.
 */
export const rowLevels = `
DROP TABLE levels;
CREATE TABLE row_levels (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES vector_sets,
  words TEXT NOT NULL,
  last_row INTEGER NOT NULL,
  rows BLOB NOT NULL,
  floats BLOB NOT NULL,
  UNIQUE (set_id, words, last_row)
) STRICT;
`;
