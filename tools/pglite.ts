/** PostgreSQL as WebAssembly with pgvector, for tests: serving does without its 27 MB. */
export { PGlite } from '@electric-sql/pglite';
export { vector } from '@electric-sql/pglite-pgvector';
