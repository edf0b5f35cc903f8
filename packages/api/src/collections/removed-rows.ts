/**
 * Removals are remembered for so many changes of a collection. Whoever knows of none that late asks which of its rows are
 * missing: there may be many times as many that it never had.
 */
export const REMEMBERED_CHANGES = 2 ** 20;
