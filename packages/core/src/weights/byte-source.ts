import { ClipError, grouped } from '../errors.ts';

/** Bytes that can be read from any place: a file, memory, later the network. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** Fills `target` with the bytes from `offset` on; rejects when there are not that many. */
  read(offset: number, target: Uint8Array): Promise<void>;
  /** The bytes themselves, where they lie in memory already: no copy. */
  view?(offset: number, length: number): Uint8Array;
  close(): Promise<void>;
}

/** A source over bytes in memory. They are not copied, so they must not change while in use. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  const view = (offset: number, length: number): Uint8Array => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw new ClipError(
        'WEIGHTS_INVALID',
        `expected bytes ${grouped(offset)} to ${grouped(offset + length)}, got a file of ${grouped(bytes.length)}`,
      );
    }
    return bytes.subarray(offset, offset + length);
  };
  return {
    size: bytes.length,
    view,
    read: async (offset, target) => target.set(view(offset, target.length)),
    close: async () => {},
  };
}

/** A source that is closed once, when nothing reads from it any more; reading after that throws DISPOSED. */
export function closedOnce(source: ByteSource): ByteSource {
  const reading = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;
  const checkOpen = () => {
    if (closing !== undefined) throw new ClipError('DISPOSED', 'the model was disposed of');
  };
  const { view } = source;
  return {
    size: source.size,
    read: async (offset, target) => {
      checkOpen();
      const read = source.read(offset, target);
      reading.add(read);
      try {
        await read;
      } finally {
        reading.delete(read);
      }
    },
    ...(view && {
      view: (offset: number, length: number) => {
        checkOpen();
        return view(offset, length);
      },
    }),
    close: () => (closing ??= Promise.allSettled(reading).then(() => source.close())),
  };
}
