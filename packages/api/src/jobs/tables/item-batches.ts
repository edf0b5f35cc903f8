import { grouped } from '../../errors/grouped.ts';
import { MAX_TABLE_TEXT } from '../../limits/collections.ts';
import type { NewJobItem } from '../job.ts';
import { badTable, MAX_TEXT } from './table.ts';

/** Items of a batch. */
const BATCH = 1_000;
/** Characters from which a batch is full. */
const BATCH_TEXT = 4_000_000;
/**
 * Characters of a table, beside so many for each byte of its file: in Parquet one long text may stand for
 * those of a million rows, which are written out from here on. In all there is a limit for any file.
 */
const FREE_TEXT = 64 * 2 ** 20;
const TEXT_A_BYTE = 100;

/**
 * A table's items in batches that fit into a message.
 *
 * @param fileBytes of the table's file.
 * @throws ApiError BAD_TABLE for a row, or a table, of too much text; what reading the items throws.
 */
export async function* itemBatches(
  items: AsyncIterable<NewJobItem>,
  fileBytes: number,
): AsyncGenerator<readonly NewJobItem[]> {
  const most = Math.min(MAX_TABLE_TEXT, FREE_TEXT + TEXT_A_BYTE * fileBytes);
  let total = 0;
  let batch: NewJobItem[] = [];
  let batchText = 0;
  for await (const item of items) {
    const text = textOf(item);
    if (text > MAX_TEXT) {
      const got = `${grouped(text)} with the key ${JSON.stringify(item.key.slice(0, 100))}`;
      throw badTable(`rows of at most ${grouped(MAX_TEXT)} characters`, got);
    }
    total += text;
    if (total > most) {
      const of = `in a file of ${grouped(fileBytes)} bytes`;
      throw badTable(`at most ${grouped(most)} characters ${of}`, 'more');
    }
    batchText += text;
    if (batch.push(item) < BATCH && batchText < BATCH_TEXT) continue;
    yield batch;
    batch = [];
    batchText = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Characters. */
function textOf({ key, source, metadata = {} }: NewJobItem): number {
  let text = key.length + source.length;
  for (const [name, value] of Object.entries(metadata)) {
    const texts = Array.isArray(value) ? value : [String(value)];
    text += texts.reduce((sum, one) => sum + one.length, name.length);
  }
  return text;
}
