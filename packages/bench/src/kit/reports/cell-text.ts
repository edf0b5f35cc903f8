import type { Cell } from './claims.ts';

/** A cell of a table for people: numbers as `85,608`, null as nothing. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'number') return String(cell);
  return cell.toLocaleString('en-US', { maximumSignificantDigits: 15 });
}
