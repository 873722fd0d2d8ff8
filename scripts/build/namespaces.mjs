// The namespaces that a program can import by themselves, `import * as nn from "torchlet/nn"`: some bundlers drop the
// unused members of a namespace only where it is imported as one. Where the program is not bundled, they read the
// one file, so that there is one library.
import ts from "typescript";
import { fromRoot, writeWhole } from "./paths.mjs";

/** Subpath of the package (and place in the library) -> source file. */
const NAMESPACES = {
  autograd: "autograd/index",
  "autograd/functional": "autograd/functional",
  func: "nn/func",
  io: "io/index",
  linalg: "ops/linalg/index",
  masked: "ops/masked",
  nn: "nn/index",
  "nn/functional": "nn/functional/index",
  "nn/init": "nn/init",
  "nn/utils": "nn/utils/index",
  optim: "optim/index",
  "optim/lrScheduler": "optim/lrscheduler",
  special: "ops/special",
  utils: "data/utils",
  "utils/data": "data/index",
};

const FOLDER = "dist/namespaces";
/** What a member is called inside its file: `masked.var` cannot be called by its name. */
const local = (name) => (name === "var" ? "var_" : name);
const pathOf = (name) => name.replaceAll("/", ".");

/** How a file in `folder` names a file of dist/. */
function pathTo(target, name, folder) {
  const depth = "../".repeat(name.split("/").length + (folder === FOLDER ? 0 : 1));
  return `"${depth}${target}"`;
}

/** @param exportsOf the names that a source file exports */
export function writeNamespaces(exportsOf) {
  for (const [name, source] of Object.entries(NAMESPACES)) {
    const [root] = name.split("/");
    const names = exportsOf(source);
    const members = names.map((member) =>
      local(member) === member ? member : `${member}: ${local(member)}`,
    );
    const exported = names.map((member) =>
      local(member) === member ? member : `${local(member)} as ${member}`,
    );
    writeWhole(
      `${FOLDER}/${name}.js`,
      [
        `import { ${root} } from ${pathTo("index.js", name, FOLDER)};`,
        `const { ${members.join(", ")} } = ${pathOf(name)};`,
        `export { ${exported.join(", ")} };
`,
      ].join("\n"),
    );
    // The library's own entry gives the tensors their methods.
    const modules = "dist/modules/namespaces";
    writeWhole(
      `${modules}/${name}.js`,
      `import ${pathTo("modules/index.js", name, modules)};\nexport * from ${pathTo(`modules/${source}.js`, name, modules)};\n`,
    );
  }
}

/** Their declarations: aliases of what dist/index.d.ts declares. */
export function writeNamespaceTypes() {
  const path = fromRoot("dist/index.d.ts");
  const program = ts.createProgram([path], { target: ts.ScriptTarget.ES2022, noLib: true, types: [] });
  const checker = program.getTypeChecker();
  const exportsOf = (symbol) => checker.getExportsOfModule(symbol);
  const library = checker.getSymbolAtLocation(program.getSourceFile(path));
  for (const name of Object.keys(NAMESPACES)) {
    const [root] = name.split("/");
    let symbol = library;
    for (const part of name.split("/")) {
      symbol = exportsOf(symbol).find((member) => member.name === part);
      if (symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    }
    const lines = exportsOf(symbol).map((member) => alias(checker, member, `${pathOf(name)}.${member.name}`));
    writeWhole(
      `${FOLDER}/${name}.d.ts`,
      `import { ${root} } from ${pathTo("index.js", name, FOLDER)};\n${lines.join("\n")}\n`,
    );
  }
}

/** A declaration of a member of a namespace by its own name. What is a type only cannot be imported as an alias. */
function alias(checker, member, path) {
  const symbol = member.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(member) : member;
  if (symbol.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Namespace)) {
    const name = local(member.name);
    return name === member.name
      ? `export import ${name} = ${path};`
      : `declare const ${name}: typeof ${path};\nexport { ${name} as ${member.name} };`;
  }
  const parameters = symbol.declarations[0].typeParameters ?? [];
  if (parameters.some(({ constraint }) => constraint))
    throw new Error(`${path}: a type with a bound parameter`);
  const names = parameters.map((parameter) => parameter.name.text).join(", ");
  return names
    ? `export type ${member.name}<${names}> = ${path}<${names}>;`
    : `export type ${member.name} = ${path};`;
}
