// Evaluates the short Python expressions in the fixtures (`x.max(1)[0]`, `0.95 ** epoch`) on the library.
import { PyFloat } from "./fixture.mjs";
import { camelCase } from "./names.mjs";
import { Missing, Unrepresentable } from "./outcome.mjs";

const TOKEN =
  /\s*(?:(\d+\.\d*(?:e[+-]?\d+)?|\.\d+|\d+e[+-]?\d+|\d+)|([A-Za-z_]\w*)|('(?:[^'\\]|\\.)*')|(\*\*|\/\/|==|!=|<=|>=|[-+*/%@<>()[\]{},:.=]))/y;

function tokenize(source) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const m = TOKEN.exec(source);
    if (!m) throw new Unrepresentable("cannot read " + source.slice(at));
    const [, number, name, string, mark] = m;
    if (name === "f" && source[TOKEN.lastIndex] === "'") throw new Unrepresentable("f-string");
    tokens.push(
      number !== undefined
        ? { number }
        : name !== undefined
          ? { name }
          : string !== undefined
            ? { string: string.slice(1, -1) }
            : { mark },
    );
  }
  return tokens;
}

const COMPARE = { "<": "lt", ">": "gt", "<=": "le", ">=": "ge", "==": "eq", "!=": "ne" };
const METHOD = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "//": "floorDivide",
  "%": "remainder",
  "@": "matmul",
  "**": "pow",
};
const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => a - b * Math.floor(a / b),
  "**": (a, b) => a ** b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};
const LEVELS = [
  ["<", ">", "<=", ">=", "==", "!="],
  ["+", "-"],
  ["*", "/", "//", "%", "@"],
];

/** Python numbers as JavaScript's; lists too. */
function plain(v) {
  if (v instanceof PyFloat) return v.value;
  return Array.isArray(v) ? v.map(plain) : v;
}
function bigints(v) {
  return Array.isArray(v) ? v.map(bigints) : typeof v === "number" ? BigInt(v) : v;
}
function holdsFloat(v) {
  return Array.isArray(v) ? v.some(holdsFloat) : v instanceof PyFloat;
}

/** Evaluates `source` with the given names. `lib` is needed only when tensors take part. */
export function evaluate(source, names, lib = null) {
  return plain(new Reader(tokenize(source), names, lib).whole());
}

class Reader {
  constructor(tokens, names, lib) {
    Object.assign(this, { tokens, names, lib, at: 0 });
  }

  peek(mark) {
    return this.tokens[this.at]?.mark === mark;
  }
  take(mark) {
    return this.peek(mark) && !!++this.at;
  }
  need(mark) {
    if (!this.take(mark)) throw new Unrepresentable(`expected ${mark}`);
  }
  word(name) {
    return this.tokens[this.at]?.name === name && !!++this.at;
  }

  whole() {
    const value = this.expression();
    if (this.at < this.tokens.length) throw new Unrepresentable("more than one expression");
    return value();
  }

  // Every rule returns a thunk, so that the branch not taken of a conditional is not run.
  expression() {
    const value = this.binary(0);
    if (!this.word("if")) return value;
    const condition = this.binary(0);
    if (!this.word("else")) throw new Unrepresentable("expected else");
    const other = this.expression();
    return () => (plain(condition()) ? value() : other());
  }

  binary(level) {
    if (level === LEVELS.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const mark = LEVELS[level].find((m) => this.peek(m));
      if (!mark) return left;
      this.at++;
      const [a, b] = [left, this.binary(level + 1)];
      left = () => this.operate(mark, a(), b());
    }
  }

  unary() {
    if (!this.take("-")) return this.power();
    const value = this.unary();
    return () => {
      const v = value();
      if (v instanceof PyFloat) return new PyFloat(-v.value);
      return typeof v === "number" ? -v : v.neg();
    };
  }

  power() {
    const base = this.postfix();
    if (!this.take("**")) return base;
    const exponent = this.unary();
    return () => this.operate("**", base(), exponent());
  }

  operate(mark, left, right) {
    const [a, b] = [plain(left), plain(right)];
    const { lib } = this;
    if (!lib?.isTensor(a) && !lib?.isTensor(b)) {
      const value = ARITHMETIC[mark](a, b);
      return left instanceof PyFloat || right instanceof PyFloat || mark === "/"
        ? typeof value === "number"
          ? new PyFloat(value)
          : value
        : value;
    }
    if (mark in COMPARE) return a[COMPARE[mark]](b);
    if (lib.isTensor(a)) return a[METHOD[mark]](b);
    // What Python's reflected operators do.
    if (mark === "-") return lib.torch.rsub(b, a);
    if (mark === "/") return b.reciprocal().mul(a);
    if (mark === "**") return lib.torch.tensor(a).pow(b);
    return b[METHOD[mark]](a);
  }

  postfix() {
    let value = this.atom();
    for (;;) {
      if (this.take(".")) value = this.attribute(value);
      else if (this.take("[")) value = this.subscript(value);
      else return value;
    }
  }

  attribute(owner) {
    const name = this.tokens[this.at++].name;
    const spelled = camelCase(name);
    if (!this.take("(")) return () => found(owner()[spelled], spelled);
    const call = this.callArguments();
    return () => {
      const self = owner();
      found(self[spelled], spelled);
      const { positional, options } = call();
      const isData = name === "tensor" && !holdsFloat(positional[0]);
      const args = positional.map((v, i) => (isData && i === 0 ? bigints(v) : plain(v)));
      return self[spelled](...args, ...options);
    };
  }

  callArguments() {
    const positional = [];
    const named = [];
    while (!this.take(")")) {
      if (this.tokens[this.at].name && this.tokens[this.at + 1]?.mark === "=") {
        const name = this.tokens[this.at].name;
        this.at += 2;
        named.push([camelCase(name), this.expression()]);
      } else positional.push(this.expression());
      this.take(",");
    }
    return () => ({
      positional: positional.map((v) => v()),
      options: named.length ? [Object.fromEntries(named.map(([k, v]) => [k, plain(v())]))] : [],
    });
  }

  subscript(owner) {
    const parts = [];
    while (!this.take("]")) {
      parts.push(this.slice());
      this.take(",");
    }
    return () => {
      const self = owner();
      const index = parts.map((p) => plain(p()));
      return this.lib?.isTensor(self) ? self.at(...index) : [...self].at(index[0]);
    };
  }

  slice() {
    const bound = () => (this.peek(":") || this.peek("]") || this.peek(",") ? () => "" : this.expression());
    const first = bound();
    if (!this.peek(":")) return first;
    const rest = [];
    while (this.take(":")) rest.push(bound());
    return () => [first, ...rest].map((v) => plain(v())).join(":");
  }

  atom() {
    const token = this.tokens[this.at++];
    if (!token) throw new Unrepresentable("unexpected end");
    if ("number" in token) {
      const value = /^\d+$/.test(token.number) ? Number(token.number) : new PyFloat(Number(token.number));
      return () => value;
    }
    if ("string" in token) return () => token.string;
    if (token.mark === "[") return this.list("]");
    if (token.mark === "(") return this.list(")");
    if (!token.name) throw new Unrepresentable(`unexpected ${token.mark}`);
    if (token.name in CONSTANT) return () => CONSTANT[token.name];
    if (token.name in BUILTIN && this.take("(")) {
      const call = this.callArguments();
      return () => BUILTIN[token.name](this.lib, ...call().positional);
    }
    return () => found(this.names[token.name], token.name);
  }

  list(end) {
    const items = [];
    let comma = false;
    while (!this.take(end)) {
      items.push(this.expression());
      comma = this.take(",") || comma;
    }
    if (end === ")" && items.length === 1 && !comma) return items[0];
    return () => items.map((v) => v());
  }
}

function found(value, name) {
  if (value === undefined) throw new Missing(name);
  return value;
}

const CONSTANT = { True: true, False: false, None: null };
const BUILTIN = {
  str: pythonText,
  repr: pythonText,
  min: (lib, ...v) => Math.min(...v.map(plain)),
  max: (lib, ...v) => Math.max(...v.map(plain)),
};

/** What `str` gives, for the values that print alike in both languages. */
function pythonText(lib, value) {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (lib.isTensor(value)) return String(value);
  if (Array.isArray(value) && value.length && value.every((x) => lib.isTensor(x)))
    return `[${value.map(String).join(", ")}]`;
  throw new Unrepresentable("Python's own text of a number, a tuple or a container");
}
