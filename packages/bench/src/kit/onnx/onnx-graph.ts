import { float, integer, integers, type Message, message, nested, text } from './protobuf.ts';

/** The name of a value in a graph. */
export type Value = string;

export type DataType = keyof typeof DATA_TYPE;
/** A scalar is a number; `{ float }` says that a whole one is a float. */
export type Attribute = number | readonly number[] | { readonly float: number };
/** A dimension: its size, or the name of one that is known at run time alone. */
export type Dimension = number | string;

/** `TensorProto.DataType` */
const DATA_TYPE = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, bool: 9 } as const;
/** `AttributeProto.AttributeType` */
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const;
/** ONNX 1.12; the first operator set with LayerNormalization. */
const IR_VERSION = 8;
const OPSET = 17;

/**
 * Builds a graph of ONNX's standard operators, operator set 17, node by node.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export class OnnxGraph {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  readonly #constants = new Map<string, Value>();
  #count = 0;

  input(name: string, type: DataType, dimensions: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, dimensions));
    return name;
  }

  /** Adds a node with one output. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.nodeWith(operator, inputs, 1, attributes)[0]!;
  }

  /** Adds a node with several outputs. */
  nodeWith(
    operator: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const values = Array.from({ length: outputs }, () => `${operator}_${this.#count++}`);
    this.#nodes.push(nodeProto(operator, inputs, values, attributes));
    return values;
  }

  /** Adds a tensor of weights; its values are not copied. */
  initializer(
    name: string,
    type: DataType,
    shape: readonly number[],
    values: Float32Array | Uint8Array | Int8Array | BigInt64Array,
  ): Value {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push(
      message(integers(1, shape), integer(2, DATA_TYPE[type]), text(8, name), nested(9, [bytes])),
    );
    return name;
  }

  /** A list of int64; the same list is one tensor. */
  int64(...values: readonly number[]): Value {
    return this.#constant(`int64 ${values}`, (name) =>
      this.initializer(name, 'i64', [values.length], BigInt64Array.from(values.map(BigInt))),
    );
  }

  /** A float32 without dimensions; the same number is one tensor. */
  scalar(value: number): Value {
    return this.#constant(`float ${value}`, (name) =>
      this.initializer(name, 'f32', [], Float32Array.of(value)),
    );
  }

  output(name: string, from: Value, type: DataType, dimensions: readonly Dimension[]): void {
    this.#nodes.push(nodeProto('Identity', [from], [name], {}));
    this.#outputs.push(valueInfo(name, type, dimensions));
  }

  /** The bytes of the `.onnx` file. */
  model(): Message {
    const graph = message(
      ...this.#nodes.map((node) => nested(1, node)),
      text(2, 'clip'),
      ...this.#initializers.map((tensor) => nested(5, tensor)),
      ...this.#inputs.map((input) => nested(11, input)),
      ...this.#outputs.map((output) => nested(12, output)),
    );
    return message(
      integer(1, IR_VERSION),
      text(2, 'clipql-bench'),
      nested(7, graph),
      nested(8, message(text(1, ''), integer(2, OPSET))),
    );
  }

  #constant(key: string, make: (name: string) => Value): Value {
    const value = this.#constants.get(key) ?? make(key);
    this.#constants.set(key, value);
    return value;
  }
}

function nodeProto(
  operator: string,
  inputs: readonly Value[],
  outputs: readonly Value[],
  attributes: Readonly<Record<string, Attribute>>,
): Message {
  return message(
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, outputs[0]!),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => nested(5, attributeProto(name, value))),
  );
}

function attributeProto(name: string, value: Attribute): Message {
  if (typeof value === 'number') {
    return message(text(1, name), integer(3, value), integer(20, ATTRIBUTE_TYPE.int));
  }
  if ('float' in value) {
    return message(text(1, name), float(2, value.float), integer(20, ATTRIBUTE_TYPE.float));
  }
  return message(
    text(1, name),
    ...value.map((item) => integer(8, item)),
    integer(20, ATTRIBUTE_TYPE.ints),
  );
}

function valueInfo(name: string, type: DataType, dimensions: readonly Dimension[]): Message {
  const shape = dimensions.map((dimension) =>
    nested(1, typeof dimension === 'number' ? integer(1, dimension) : text(2, dimension)),
  );
  const tensor = message(integer(1, DATA_TYPE[type]), nested(2, message(...shape)));
  return message(text(1, name), nested(2, nested(1, tensor)));
}
