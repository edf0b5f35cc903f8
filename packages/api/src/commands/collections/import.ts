import type { Command } from 'commander';
import { addImportUnsplash } from './import-unsplash.ts';
import { addImportVectors } from './import-vectors.ts';

/** `clipql import` */
export function addImport(program: Command): void {
  const importing = program
    .command('import')
    .description('Index a published data set, or embeddings made elsewhere.');
  addImportUnsplash(importing);
  addImportVectors(importing);
}
