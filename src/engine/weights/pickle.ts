import type { Phrase } from '../../lib/phrases.ts';
import { failure } from './errors.ts';
import type { CHECKPOINT_FAULTS } from './faults.ts';

/** A name of a Python object. It is never imported, only compared. */
export interface Global {
  kind: 'global';
  name: string;
}

/** What would be an object of Python's: nothing of it was run, so only what the file put into it is known. */
export interface Opaque<Made> {
  kind: 'opaque';
  /** Of the function or class that would have made it. */
  name: string;
  /** Attributes and entries that it was given. Shared, not copied: a file may give the same ones many times. */
  contents: Map<Pickled<Made>, Pickled<Made>>[];
}

/** A pickled value. Dictionaries are Maps; tuples and lists are distinguished, since only lists grow. */
export type Pickled<Made> =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Global
  | Opaque<Made>
  | { kind: 'tuple' | 'list'; items: Pickled<Made>[] }
  | Map<Pickled<Made>, Pickled<Made>>
  | { kind: 'made'; value: Made };

/** What the caller makes of the few calls and references that a file may hold. */
export interface Maker<Made> {
  /** The result of calling a global; null for one that is not known, whose result stays opaque. */
  call(name: string, args: readonly Pickled<Made>[]): Pickled<Made> | null;
  /** What a persistent id stands for. */
  resolve(id: Pickled<Made>): Pickled<Made>;
}

const bad = (detail: Phrase<typeof CHECKPOINT_FAULTS>) => failure('weights/bad-checkpoint', { detail });

const code = (character: string) => character.charCodeAt(0);

/** Opcodes of pickle protocols 2 to 5, without those for objects that lie outside the file (extensions, buffers). */
const OP = {
  MARK: code('('),
  STOP: code('.'),
  POP: code('0'),
  POP_MARK: code('1'),
  DUP: code('2'),
  NONE: code('N'),
  BININT: code('J'),
  BININT1: code('K'),
  BININT2: code('M'),
  BINFLOAT: code('G'),
  BINUNICODE: code('X'),
  BINBYTES: code('B'),
  SHORT_BINBYTES: code('C'),
  BINSTRING: code('T'),
  SHORT_BINSTRING: code('U'),
  EMPTY_LIST: code(']'),
  EMPTY_DICT: code('}'),
  EMPTY_TUPLE: code(')'),
  TUPLE: code('t'),
  LIST: code('l'),
  DICT: code('d'),
  APPEND: code('a'),
  APPENDS: code('e'),
  SETITEM: code('s'),
  SETITEMS: code('u'),
  BUILD: code('b'),
  GLOBAL: code('c'),
  REDUCE: code('R'),
  BINPERSID: code('Q'),
  BINPUT: code('q'),
  LONG_BINPUT: code('r'),
  BINGET: code('h'),
  LONG_BINGET: code('j'),
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
} as const;

/** Bytes of the longest integer that is worked out; random generators keep longer ones as bytes. */
const LONGEST_INTEGER = 1024;

/** Reads bytes in order and refuses to read past their end. */
class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.byteLength) throw bad({ code: 'cut' });
    this.#at += count;
    return at;
  }

  u8 = () => this.#view.getUint8(this.#take(1));
  u16 = () => this.#view.getUint16(this.#take(2), true);
  u32 = () => this.#view.getUint32(this.#take(4), true);
  i32 = () => this.#view.getInt32(this.#take(4), true);
  u64 = () => Number(this.#view.getBigUint64(this.#take(8), true));
  f64 = () => this.#view.getFloat64(this.#take(8), false);

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  text(count: number): string {
    return new TextDecoder().decode(this.bytes(count));
  }

  line(): string {
    const rest = this.#bytes.subarray(this.#at);
    const length = rest.indexOf(0x0a);
    if (length < 0) throw bad({ code: 'cut' });
    const text = this.text(length);
    this.#take(1);
    return text;
  }

  /** A little-endian two's complement integer, as near as a number comes to it. */
  long(count: number): number {
    if (count > LONGEST_INTEGER) throw bad({ code: 'integer' });
    const value = this.bytes(count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return Number(BigInt.asIntN(Math.max(8, count * 8), value));
  }
}

/**
 * Interprets a pickle without running anything: a stack machine over plain values, in which calls reach only `maker`.
 * What `maker` does not know stays opaque.
 * @throws `weights/bad-checkpoint`
 */
export function unpickle<Made>(bytes: Uint8Array, maker: Maker<Made>): Pickled<Made> {
  type Value = Pickled<Made>;
  const cursor = new Cursor(bytes);
  const memo = new Map<number, Value>();
  let stack: Value[] = [];
  const marks: Value[][] = [];

  const pop = (): Value => {
    const value = stack.pop();
    if (value === undefined) throw bad({ code: 'empty-stack' });
    return value;
  };
  const top = (): Value => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popMark = (): Value[] => {
    const below = marks.pop();
    if (!below) throw bad({ code: 'mark' });
    const items = stack;
    stack = below;
    return items;
  };
  const recall = (index: number) => {
    const value = memo.get(index);
    if (value === undefined) throw bad({ code: 'memo' });
    stack.push(value);
  };
  const pushGlobal = (name: string) => stack.push({ kind: 'global', name });
  const pushOpaque = (name: string) => stack.push({ kind: 'opaque', name, contents: [] });
  const pushTuple = (items: Value[]) => stack.push({ kind: 'tuple', items });
  const tupleOf = (count: number) => {
    const items = Array.from({ length: count }, pop).reverse();
    pushTuple(items);
  };
  const append = (items: readonly Value[]) => {
    const list = top();
    if (isOpaque(list)) return;
    if (!isSequence(list) || list.kind !== 'list') throw bad({ code: 'append' });
    for (const item of items) list.items.push(item);
  };
  const setItems = (items: readonly Value[], into = top()) => {
    const map = isOpaque(into) ? new Map<Value, Value>() : into;
    if (!(map instanceof Map)) throw bad({ code: 'items' });
    if (items.length % 2 !== 0) throw bad({ code: 'key' });
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
    if (isOpaque(into)) into.contents.push(map);
    return map;
  };
  const call = () => {
    const args = pop();
    const callee = pop();
    if (!isSequence(args) || !(isGlobal(callee) || isOpaque(callee))) throw bad({ code: 'call' });
    const result = isGlobal(callee) ? maker.call(callee.name, args.items) : null;
    if (result === null) pushOpaque(callee.name);
    else stack.push(result);
  };
  /** Gives an object its state: attributes, or a pair of attributes and slots. Of other values it holds no weights. */
  const build = () => {
    const state = pop();
    const object = top();
    if (!isOpaque(object)) return;
    const parts = isSequence(state) ? state.items : [state];
    for (const part of parts.slice(0, 2)) if (part instanceof Map) object.contents.push(part);
  };

  for (;;) {
    const op = cursor.u8();
    switch (op) {
      case OP.PROTO: {
        const protocol = cursor.u8();
        if (protocol > 5) throw bad({ code: 'protocol', params: { protocol } });
        break;
      }
      case OP.FRAME:
        cursor.bytes(8);
        break;
      case OP.STOP:
        return pop();
      case OP.MARK:
        marks.push(stack);
        stack = [];
        break;
      case OP.POP:
        pop();
        break;
      case OP.POP_MARK:
        popMark();
        break;
      case OP.DUP:
        stack.push(top());
        break;
      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(cursor.i32());
        break;
      case OP.BININT1:
        stack.push(cursor.u8());
        break;
      case OP.BININT2:
        stack.push(cursor.u16());
        break;
      case OP.LONG1:
        stack.push(cursor.long(cursor.u8()));
        break;
      case OP.LONG4:
        stack.push(cursor.long(cursor.u32()));
        break;
      case OP.BINFLOAT:
        stack.push(cursor.f64());
        break;
      case OP.BINUNICODE:
      case OP.BINSTRING:
        stack.push(cursor.text(cursor.u32()));
        break;
      case OP.SHORT_BINUNICODE:
      case OP.SHORT_BINSTRING:
        stack.push(cursor.text(cursor.u8()));
        break;
      case OP.BINUNICODE8:
        stack.push(cursor.text(cursor.u64()));
        break;
      case OP.BINBYTES:
        stack.push(cursor.bytes(cursor.u32()));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(cursor.bytes(cursor.u8()));
        break;
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        stack.push(cursor.bytes(cursor.u64()));
        break;
      case OP.EMPTY_SET:
        pushOpaque('set');
        break;
      case OP.ADDITEMS:
        popMark();
        break;
      case OP.FROZENSET:
        popMark();
        pushOpaque('frozenset');
        break;
      case OP.EMPTY_LIST:
        stack.push({ kind: 'list', items: [] });
        break;
      case OP.EMPTY_DICT:
        stack.push(new Map());
        break;
      case OP.EMPTY_TUPLE:
        pushTuple([]);
        break;
      case OP.TUPLE:
        pushTuple(popMark());
        break;
      case OP.TUPLE1:
        tupleOf(1);
        break;
      case OP.TUPLE2:
        tupleOf(2);
        break;
      case OP.TUPLE3:
        tupleOf(3);
        break;
      case OP.LIST:
        stack.push({ kind: 'list', items: popMark() });
        break;
      case OP.DICT:
        stack.push(setItems(popMark(), new Map()));
        break;
      case OP.APPEND:
        append([pop()]);
        break;
      case OP.APPENDS:
        append(popMark());
        break;
      case OP.SETITEM: {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case OP.SETITEMS:
        setItems(popMark());
        break;
      case OP.BUILD:
        build();
        break;
      case OP.GLOBAL:
        pushGlobal(`${cursor.line()}.${cursor.line()}`);
        break;
      case OP.STACK_GLOBAL: {
        const name = pop();
        pushGlobal(`${String(pop())}.${String(name)}`);
        break;
      }
      case OP.REDUCE:
      case OP.NEWOBJ:
        call();
        break;
      case OP.NEWOBJ_EX:
        // Keyword arguments, which nothing that holds weights takes.
        pop();
        call();
        break;
      case OP.BINPERSID:
        stack.push(maker.resolve(pop()));
        break;
      case OP.BINPUT:
        memo.set(cursor.u8(), top());
        break;
      case OP.LONG_BINPUT:
        memo.set(cursor.u32(), top());
        break;
      case OP.MEMOIZE:
        memo.set(memo.size, top());
        break;
      case OP.BINGET:
        recall(cursor.u8());
        break;
      case OP.LONG_BINGET:
        recall(cursor.u32());
        break;
      default:
        throw bad({ code: 'opcode', params: { opcode: op } });
    }
  }
}

export const isSequence = <Made>(
  value: Pickled<Made>,
): value is { kind: 'tuple' | 'list'; items: Pickled<Made>[] } =>
  typeof value === 'object' && value !== null && 'items' in value;

export const isGlobal = <Made>(value: Pickled<Made>): value is Global =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';

export const isOpaque = <Made>(value: Pickled<Made>): value is Opaque<Made> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque';
