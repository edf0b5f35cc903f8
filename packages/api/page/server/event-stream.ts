/** An event of a stream of server-sent events. */
export interface StreamEvent {
  /** Such as `next`; `message` where the stream does not say. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events from text in pieces, which may end anywhere.
 *
 * @returns takes the next piece and gives the events that are complete with it.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function eventReader(): (piece: string) => readonly StreamEvent[] {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).replaceAll('\r\n', '\n');
    const blocks = lines.split('\n\n');
    rest = blocks.pop()!;
    return blocks.flatMap((block) => eventOf(block) ?? []);
  };
}

/** @returns undefined for comments, which keep a connection alive. */
function eventOf(block: string): StreamEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (name === 'event') event = value;
    if (name === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
