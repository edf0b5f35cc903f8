/** Writes the zoo's table into docs/models.md: pnpm zoo */
import { readFileSync, writeFileSync } from 'node:fs';
import { withZooTable, ZOO_PAGE } from './documented/zoo-table.ts';

writeFileSync(ZOO_PAGE, withZooTable(readFileSync(ZOO_PAGE, 'utf8')));
