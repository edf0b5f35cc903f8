import {
  type PackedVector,
  packBinary,
  packFloat32,
  packInt8,
} from '../../../answers/pack-vector.ts';
import { builder } from './builder.ts';

export const EmbeddingEncoding = builder.enumType('EmbeddingEncoding', {
  description: 'How embeddings are encoded.',
  values: {
    FLOAT: { value: 'float', description: 'Numbers, in `values`.' },
    BASE64: {
      value: 'base64',
      description: 'Little-endian float32, in `data`.',
    },
    INT8: {
      value: 'int8',
      description: 'One signed byte per dimension, in `data`; multiply by `scale`.',
    },
    BINARY: {
      value: 'binary',
      description:
        'One bit per dimension, in `data`: 1 for values above 0, highest bit first. For a fast first search by Hamming distance.',
    },
  } as const,
});

/** How each encoding but FLOAT makes bytes of a vector. */
const PACK = { base64: packFloat32, int8: packInt8, binary: packBinary } as const;

export type EncodingName = keyof typeof PACK | 'float';

/** An embedding that is packed once, when it is first asked for. */
export class WrittenVector {
  /** [E] */
  readonly vector: Float32Array;
  readonly encoding: EncodingName;
  #packed: PackedVector | undefined;

  constructor(vector: Float32Array, encoding: EncodingName) {
    this.vector = vector;
    this.encoding = encoding;
  }

  /** Undefined in encoding FLOAT. */
  get packed(): PackedVector | undefined {
    if (this.encoding === 'float') return undefined;
    this.#packed ??= PACK[this.encoding](this.vector);
    return this.#packed;
  }
}
