import { TorchError, ValueError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { setKey } from "./bytes.ts";

/** A Python class or function that a pickle may name: a function of the arguments, or a plain value. */
export type Globals = Readonly<Record<string, unknown>>;
/** An object whose state comes after it was made; `build` gives what takes its place. */
export abstract class Unbuilt {
  abstract build(state: unknown): unknown;
}

export interface UnpicklerOptions {
  /** What may be named, as `module.name`. Anything else is refused: a pickle cannot run code here. */
  globals?: Globals;
  /** Stands for things kept outside the pickle. */
  persistent?: (id: unknown) => unknown;
  /** Python 2 strings above 255 characters: text, or bytes. */
  longStrings?: "text" | "bytes";
}

const MARK = Symbol("mark");
const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
};
const bytesOf = (text: unknown): Uint8Array => Uint8Array.from(String(text), (c) => c.charCodeAt(0));

const COMMON: Globals = {
  "collections.OrderedDict": (pairs: [unknown, unknown][] = []) => {
    const dict = {};
    for (const [key, value] of pairs) setItem(dict, key, value);
    return dict;
  },
  "builtins.set": (items: unknown[] = []) => new Set(items),
  "builtins.frozenset": (items: unknown[] = []) => new Set(items),
  "builtins.bytearray": (text: unknown) => (text instanceof Uint8Array ? text : bytesOf(text ?? "")),
  "_codecs.encode": bytesOf,
};

function setItem(dict: object, key: unknown, value: unknown): void {
  setKey(dict, key instanceof Uint8Array ? latin1(key) : String(key), value);
}

/**
 * Reads Python's pickles, protocols 0 to 5, as data: dictionaries become objects, tuples and lists arrays, integers beyond
 * 2^53 bigints, bytes Uint8Arrays. Only what `globals` lists can be made. @throws ValueError for anything else.
 */
export class Unpickler {
  private stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();
  private readonly view: DataView;
  private readonly globals: Globals;

  constructor(
    private readonly op: string,
    private readonly bytes: Uint8Array,
    private readonly options: UnpicklerOptions = {},
    /** Where the next pickle begins. */
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.globals = { ...COMMON, ...options.globals };
  }

  private refuse(rule: string): never {
    throw new ValueError(`${this.op}: ${rule}`);
  }

  /** Moves on by `n` bytes and gives where they begin. */
  private skip(n: number): number {
    const at = this.at;
    if (!(n >= 0 && at + n <= this.bytes.length)) this.refuse("the file ends early");
    this.at += n;
    return at;
  }
  private u8 = (): number => this.bytes[this.skip(1)]!;
  private u32 = (): number => this.view.getUint32(this.skip(4), true);
  private u64 = (): number => Number(this.view.getBigUint64(this.skip(8), true));
  private take(n: number): Uint8Array {
    const at = this.skip(n);
    return this.bytes.subarray(at, at + n);
  }
  private text = (n: number): string => new TextDecoder().decode(this.take(n));
  private line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) this.refuse("the file ends early");
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }
  private string(n: number): unknown {
    const bytes = this.take(n);
    return n > 255 && this.options.longStrings === "bytes" ? bytes.slice() : latin1(bytes);
  }

  private pop(): unknown {
    if (this.stack.length === 0) this.refuse("damaged pickle (empty stack)");
    return this.stack.pop();
  }
  private get top(): unknown {
    return this.stack[this.stack.length - 1];
  }
  /** What lies above the last mark. */
  private marked(): unknown[] {
    const at = this.stack.lastIndexOf(MARK);
    if (at < 0) this.refuse("damaged pickle (no mark)");
    const items = this.stack.splice(at);
    items.shift();
    return items;
  }
  private several(n: number): unknown[] {
    if (this.stack.length < n) this.refuse("damaged pickle (empty stack)");
    return this.stack.splice(this.stack.length - n);
  }

  private long(n: number): number | bigint {
    let value = 0n;
    const bytes = this.take(n);
    for (let i = n - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return plain(BigInt.asIntN(8 * n, value));
  }
  private decimal(text: string): number | bigint | boolean {
    if (text === "01") return true;
    if (text === "00") return false;
    const digits = text.replace(/L$/, "");
    return /^[+-]?\d+$/.test(digits)
      ? plain(BigInt(digits))
      : this.refuse(`damaged pickle (integer ${text})`);
  }

  private global(module: unknown, name: unknown): unknown {
    const key = `${String(module).replace(/^__builtin__$/, "builtins")}.${String(name)}`;
    if (!Object.hasOwn(this.globals, key))
      this.refuse(`the file wants ${key}, which is not data; save a state dictionary instead`);
    return this.globals[key];
  }
  private call(f: unknown, args: unknown): unknown {
    if (typeof f !== "function" || !Array.isArray(args)) return this.refuse("damaged pickle (call)");
    try {
      return f(...args);
    } catch (error) {
      if (error instanceof TorchError) throw error;
      return this.refuse("damaged pickle (arguments)");
    }
  }
  private append(items: readonly unknown[]): void {
    const list = this.top;
    if (!Array.isArray(list)) this.refuse("damaged pickle (append)");
    for (const item of items) list.push(item);
  }
  private setItems(items: readonly unknown[]): unknown {
    const dict = this.top;
    if (!isOptions(dict) || items.length % 2 !== 0) return this.refuse("damaged pickle (dictionary)");
    for (let i = 0; i < items.length; i += 2) setItem(dict, items[i], items[i + 1]);
    return dict;
  }
  private build(state: unknown): void {
    const made = this.pop();
    let built = made;
    if (made instanceof Unbuilt) {
      built = made.build(state);
      for (const [key, value] of this.memo) if (value === made) this.memo.set(key, built);
    } else if (!isOptions(made)) this.refuse("damaged pickle (state of something that has none)");
    this.stack.push(built);
  }
  private recall(key: number): unknown {
    return this.memo.has(key) ? this.memo.get(key) : this.refuse("damaged pickle (memo)");
  }

  /** The next object. */
  load(): unknown {
    this.stack = [];
    this.memo.clear();
    for (;;) {
      const code = this.u8();
      if (code === 0x2e) return this.pop();
      this.step(code);
    }
  }

  private step(code: number): unknown {
    const push = (value: unknown) => this.stack.push(value);
    switch (code) {
      case 0x80: // PROTO
        if (this.u8() > 5) this.refuse("unknown pickle protocol");
        return;
      case 0x95: // FRAME
        this.skip(8);
        return;
      case 0x28: // MARK
        return push(MARK);
      case 0x30: // POP
        return this.pop();
      case 0x31: // POP_MARK
        return this.marked();
      case 0x32: // DUP
        return push(this.top);
      case 0x4e: // NONE
        return push(null);
      case 0x88: // NEWTRUE
        return push(true);
      case 0x89: // NEWFALSE
        return push(false);
      case 0x49: // INT
      case 0x4c: // LONG
        return push(this.decimal(this.line()));
      case 0x4a: // BININT
        return push(this.view.getInt32(this.skip(4), true));
      case 0x4b: // BININT1
        return push(this.u8());
      case 0x4d: // BININT2
        return push(this.view.getUint16(this.skip(2), true));
      case 0x8a: // LONG1
        return push(this.long(this.u8()));
      case 0x8b: // LONG4
        return push(this.long(this.u32()));
      case 0x46: // FLOAT
        return push(Number(this.line().replace("inf", "Infinity")));
      case 0x47: // BINFLOAT
        return push(this.view.getFloat64(this.skip(8)));
      case 0x53: // STRING
        return push(this.line().replace(/^(['"])(.*)\1$/, "$2"));
      case 0x54: // BINSTRING
        return push(this.string(this.u32()));
      case 0x55: // SHORT_BINSTRING
        return push(this.string(this.u8()));
      case 0x56: // UNICODE
        return push(
          this.line().replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          ),
        );
      case 0x58: // BINUNICODE
        return push(this.text(this.u32()));
      case 0x8c: // SHORT_BINUNICODE
        return push(this.text(this.u8()));
      case 0x8d: // BINUNICODE8
        return push(this.text(this.u64()));
      case 0x42: // BINBYTES
        return push(this.take(this.u32()).slice());
      case 0x43: // SHORT_BINBYTES
        return push(this.take(this.u8()).slice());
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return push(this.take(this.u64()).slice());
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        return push([]);
      case 0x74: // TUPLE
      case 0x6c: // LIST
        return push(this.marked());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return push(this.several(code - 0x84));
      case 0x61: // APPEND
        return this.append([this.pop()]);
      case 0x65: // APPENDS
        return this.append(this.marked());
      case 0x7d: // EMPTY_DICT
        return push({});
      case 0x64: {
        // DICT
        const items = this.marked();
        push({});
        return this.setItems(items);
      }
      case 0x73: // SETITEM
        return this.setItems(this.several(2));
      case 0x75: // SETITEMS
        return this.setItems(this.marked());
      case 0x8f: // EMPTY_SET
        return push(new Set());
      case 0x90: {
        // ADDITEMS
        const items = this.marked(),
          set = this.top;
        if (!(set instanceof Set)) return this.refuse("damaged pickle (set)");
        for (const item of items) set.add(item);
        return;
      }
      case 0x91: // FROZENSET
        return push(new Set(this.marked()));
      case 0x63: // GLOBAL
        return push(this.global(this.line(), this.line()));
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.several(2);
        return push(this.global(module, name));
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [f, args] = this.several(2);
        return push(this.call(f, args));
      }
      case 0x62: // BUILD
        return this.build(this.pop());
      case 0x50: // PERSID
        return push(this.kept(this.line()));
      case 0x51: // BINPERSID
        return push(this.kept(this.pop()));
      case 0x70: // PUT
        return this.memo.set(Number(this.line()), this.top);
      case 0x71: // BINPUT
        return this.memo.set(this.u8(), this.top);
      case 0x72: // LONG_BINPUT
        return this.memo.set(this.u32(), this.top);
      case 0x94: // MEMOIZE
        return this.memo.set(this.memo.size, this.top);
      case 0x67: // GET
        return push(this.recall(Number(this.line())));
      case 0x68: // BINGET
        return push(this.recall(this.u8()));
      case 0x6a: // LONG_BINGET
        return push(this.recall(this.u32()));
      default:
        return this.refuse(
          `damaged pickle (operation 0x${code.toString(16)}); is this the right kind of file?`,
        );
    }
  }

  private kept(id: unknown): unknown {
    if (this.options.persistent === undefined) return this.refuse("damaged pickle (external object)");
    return this.options.persistent(id);
  }
}

const plain = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
