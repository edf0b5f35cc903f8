/**
 * Levels of rows whose numbers may lie far apart: `rows` and `floats` have 4 bytes for each. Those that were kept by the
 * place of a row are computed again.
 */
export const rowLevels = `
DROP TABLE levels;
CREATE TABLE row_levels (
  set_id bigint NOT NULL,
  words text NOT NULL,
  last_row integer NOT NULL,
  rows bytea NOT NULL,
  floats bytea NOT NULL,
  PRIMARY KEY (set_id, words, last_row)
);
`;
