import { failure } from '../../lib/errors.ts';

/** A name of a Python object that the caller allowed. It is never imported, only compared. */
export interface Global {
  kind: 'global';
  name: string;
}

/** A pickled value. Dictionaries are Maps; tuples and lists are told apart, since only lists grow. */
export type Pickled<Made> =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Global
  | { kind: 'tuple' | 'list'; items: Pickled<Made>[] }
  | Map<Pickled<Made>, Pickled<Made>>
  | { kind: 'made'; value: Made };

/** What the caller makes of the few calls and references that a file may hold. */
export interface Maker<Made> {
  /** Whether a global may occur at all. */
  allows(name: string): boolean;
  /** The result of calling an allowed global. */
  call(name: string, args: readonly Pickled<Made>[]): Pickled<Made>;
  /** What a persistent id stands for. */
  resolve(id: Pickled<Made>): Pickled<Made>;
}

const bad = (detail: string) => failure('weights/bad-checkpoint', { detail });

const code = (character: string) => character.charCodeAt(0);

/** Opcodes of pickle protocols 2 to 5 that plain state dicts use, and no other. */
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
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  SHORT_BINUNICODE: 0x8c,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
} as const;

const NAMES = new Map<number, string>(Object.entries(OP).map(([name, value]) => [value, name]));

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
    if (at + count > this.#bytes.byteLength) throw bad('its pickle is cut short');
    this.#at += count;
    return at;
  }

  u8 = () => this.#view.getUint8(this.#take(1));
  u16 = () => this.#view.getUint16(this.#take(2), true);
  u32 = () => this.#view.getUint32(this.#take(4), true);
  i32 = () => this.#view.getInt32(this.#take(4), true);
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
    if (length < 0) throw bad('its pickle is cut short');
    const text = this.text(length);
    this.#take(1);
    return text;
  }

  /** A little-endian two's complement integer, which has to be one that a number holds exactly. */
  long(count: number): number {
    const value = this.bytes(count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const signed = Number(BigInt.asIntN(Math.max(8, count * 8), value));
    if (!Number.isSafeInteger(signed)) throw bad('it holds an integer too large to be a size');
    return signed;
  }
}

/**
 * Interprets a pickle without running anything: a stack machine over plain values, in which calls reach only
 * `maker`, for globals that it allows by name.
 * @throws `weights/refused-global`, `weights/bad-checkpoint`
 */
export function unpickle<Made>(bytes: Uint8Array, maker: Maker<Made>): Pickled<Made> {
  type Value = Pickled<Made>;
  const cursor = new Cursor(bytes);
  const memo = new Map<number, Value>();
  let stack: Value[] = [];
  const marks: Value[][] = [];

  const pop = (): Value => {
    const value = stack.pop();
    if (value === undefined) throw bad('its pickle takes from an empty stack');
    return value;
  };
  const top = (): Value => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popMark = (): Value[] => {
    const below = marks.pop();
    if (!below) throw bad('its pickle misses a mark');
    const items = stack;
    stack = below;
    return items;
  };
  const recall = (index: number) => {
    const value = memo.get(index);
    if (value === undefined) throw bad('its pickle recalls what it never kept');
    stack.push(value);
  };
  const pushGlobal = (name: string) => {
    if (!maker.allows(name)) throw failure('weights/refused-global', { name });
    stack.push({ kind: 'global', name });
  };
  const pushTuple = (items: Value[]) => stack.push({ kind: 'tuple', items });
  const tupleOf = (count: number) => {
    const items = Array.from({ length: count }, pop).reverse();
    pushTuple(items);
  };
  const append = (items: readonly Value[]) => {
    const list = top();
    if (!isSequence(list) || list.kind !== 'list') throw bad('its pickle appends to what is no list');
    for (const item of items) list.items.push(item);
  };
  const setItems = (items: readonly Value[], map = top()) => {
    if (!(map instanceof Map)) throw bad('its pickle sets items of what is no dictionary');
    if (items.length % 2 !== 0) throw bad('its pickle has a key without a value');
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
    return map;
  };

  for (;;) {
    const op = cursor.u8();
    switch (op) {
      case OP.PROTO: {
        const protocol = cursor.u8();
        if (protocol > 5) throw bad(`its pickle has protocol ${protocol}`);
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
      case OP.BINBYTES:
        stack.push(cursor.bytes(cursor.u32()));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(cursor.bytes(cursor.u8()));
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
        // State dicts carry attributes (`_metadata`) that hold no weights: they are read and dropped.
        pop();
        break;
      case OP.GLOBAL:
        pushGlobal(`${cursor.line()}.${cursor.line()}`);
        break;
      case OP.STACK_GLOBAL: {
        const name = pop();
        pushGlobal(`${String(pop())}.${String(name)}`);
        break;
      }
      case OP.REDUCE: {
        const args = pop();
        const callee = pop();
        if (!isGlobal(callee) || !isSequence(args)) throw bad('its pickle calls what cannot be called');
        stack.push(maker.call(callee.name, args.items));
        break;
      }
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
        throw bad(
          `its pickle uses opcode ${NAMES.get(op) ?? `0x${op.toString(16)}`}, which plain weights do not need`,
        );
    }
  }
}

export const isSequence = <Made>(
  value: Pickled<Made>,
): value is { kind: 'tuple' | 'list'; items: Pickled<Made>[] } =>
  typeof value === 'object' && value !== null && 'items' in value;

export const isGlobal = <Made>(value: Pickled<Made>): value is Global =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
