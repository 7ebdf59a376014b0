import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import { toHalf } from '../../lib/half.ts';

/** A written graph. Large weights stay outside the bytes, as views of the caller's memory that are read at session creation. */
export interface OnnxModel {
  bytes: Uint8Array;
  external: { path: string; data: Uint8Array }[];
}

/** Name of a value inside a graph. */
export type Value = string;

export type ElementType = 'float32' | 'float16' | 'int64';

type Attribute = number | readonly number[] | string;

const DATA_TYPE: Record<ElementType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
};

/** Opset 20 is the first with Gelu; `com.microsoft` holds MultiHeadAttention. */
const OPSET = 20n;
const IR_VERSION = 10n;

/** Constants up to this many bytes are written into the graph itself; ONNX Runtime must see shapes and axes there. */
const INLINE_BYTES = 1024;

const bytesOf = (array: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);

const isFloatAttribute = (name: string) => name === 'epsilon' || name === 'scale' || name === 'alpha';

function attributeProto(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'string')
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== 'number') return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
  if (isFloatAttribute(name)) return { name, type: AttributeType.FLOAT, f: value };
  return { name, type: AttributeType.INT, i: BigInt(value) };
}

/** Sizes of a tensor; a word names a size that is only known when the graph runs. */
export type GraphShape = readonly (number | string)[];

function valueInfo(
  name: string,
  type: ElementType,
  shape: GraphShape,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'string'
        ? { case: 'dimParam' as const, value: size }
        : { case: 'dimValue' as const, value: BigInt(size) },
  }));
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType: DATA_TYPE[type], shape: { dim } } } },
  };
}

/**
 * Writes an ONNX graph, one operator a call:
 *
 *     const graph = new Graph('product');
 *     const a = graph.input('a', [2, 3]);
 *     const b = graph.input('b', [3, 4]);
 *     graph.output('c', graph.node('MatMul', [a, b]), [2, 4]);
 *     const session = await createSession(graph.model(), { device: 'wasm' });
 */
export class Graph {
  readonly #name: string;
  readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #initializers: MessageInitShape<typeof TensorProtoSchema>[] = [];
  readonly #external: OnnxModel['external'] = [];
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, shape: GraphShape, type: ElementType = 'float32'): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes `value` an output of the graph under `name`. */
  output(name: string, value: Value, shape: GraphShape, type: ElementType = 'float32'): void {
    this.#nodes.push({ opType: 'Identity', input: [value], output: [name], name: `output.${name}` });
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** A float constant. `data` is not copied (unless it becomes float16) and must not change before the session exists. */
  floats(data: Float32Array, shape: readonly number[], type: 'float32' | 'float16' = 'float32'): Value {
    return this.#constant(bytesOf(type === 'float16' ? toHalf(data) : data), shape, type);
  }

  /** A constant of int64, as shapes, axes and splits are given. */
  ints(values: readonly number[]): Value {
    return this.#constant(bytesOf(BigInt64Array.from(values, BigInt)), [values.length], 'int64');
  }

  #constant(data: Uint8Array<ArrayBuffer>, shape: readonly number[], type: ElementType): Value {
    const name = `c${this.#count++}`;
    const tensor = { name, dims: shape.map(BigInt), dataType: DATA_TYPE[type] };
    if (data.byteLength <= INLINE_BYTES) {
      this.#initializers.push({ ...tensor, rawData: data });
    } else {
      this.#external.push({ path: name, data });
      this.#initializers.push({
        ...tensor,
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: name },
          { key: 'offset', value: '0' },
          { key: 'length', value: String(data.byteLength) },
        ],
      });
    }
    return name;
  }

  /** One operator with one output. An empty input name leaves an optional input out. */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value {
    return this.nodes(op, inputs, 1, attributes, domain)[0]!;
  }

  /** One operator with `outputs` outputs. */
  nodes(
    op: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const number = this.#count++;
    const names = Array.from({ length: outputs }, (_, i) => `v${number}.${i}`);
    this.#nodes.push({
      name: `${op}.${number}`,
      opType: op,
      domain,
      input: [...inputs],
      output: names,
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return names;
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.ints(shape)]);
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return this.node('Transpose', [value], { perm });
  }

  /** Elements [from, to) along one axis. */
  slice(value: Value, axis: number, from: number, to: number): Value {
    return this.node('Slice', [value, this.ints([from]), this.ints([to]), this.ints([axis])]);
  }

  cast(value: Value, type: ElementType): Value {
    return this.node('Cast', [value], { to: DATA_TYPE[type] });
  }

  model(): OnnxModel {
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'unprompted',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: 'com.microsoft', version: 1n },
      ],
      graph: {
        name: this.#name,
        node: this.#nodes,
        input: this.#inputs,
        output: this.#outputs,
        initializer: this.#initializers,
      },
    });
    return { bytes: toBinary(ModelProtoSchema, model), external: [...this.#external] };
  }
}
