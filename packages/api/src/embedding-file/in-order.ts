export interface Concurrency {
  /** Items that are worked on at a time. */
  readonly atOnce: number;
  /** Results that may wait to be taken, those under way included. */
  readonly ahead: number;
}

/**
 * Works on several items at a time, and gives the results in the items' order. It goes on while a
 * result is used, up to `ahead` results.
 *
 * @param work must not reject.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { atOnce, ahead }: Concurrency,
): AsyncGenerator<Result> {
  const results: Promise<Result>[] = [];
  let begun = 0;
  let underWay = 0;
  const begin = () => {
    while (begun < items.length && underWay < atOnce && results.length < ahead) {
      underWay += 1;
      const result = work(items[begun++]!).finally(() => {
        underWay -= 1;
        begin();
      });
      results.push(result);
    }
  };
  begin();
  while (results.length > 0) {
    const result = await results[0]!;
    results.splice(0, 1);
    begin();
    yield result;
  }
}
