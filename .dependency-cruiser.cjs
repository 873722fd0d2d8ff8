// The direction of imports in ts/: a folder may import at run time only from folders to its left.
// `import type` may look anywhere, because it leaves nothing behind.
const LAYERS = [
  ["core"],
  ["memory"],
  ["threads"],
  ["webgpu"],
  ["tensor"],
  ["autograd"],
  ["ops"],
  ["nn", "optim", "data", "io"],
  ["vision"],
];

const runtime = { dependencyTypesNot: ["type-only"] };
const below = (level) => LAYERS.slice(0, level).flat();

module.exports = {
  forbidden: [
    ...LAYERS.flatMap((layer, level) =>
      layer.map((folder) => ({
        name: `${folder}-imports-only-what-is-below`,
        comment: `ts/${folder} may import from itself and from: ${below(level).join(", ") || "nothing"}.`,
        severity: "error",
        from: { path: `^ts/${folder}/` },
        to: { path: "^ts/", pathNot: `^ts/(${[...below(level), folder].join("|")})/`, ...runtime },
      })),
    ),
    {
      name: "known-folder",
      comment:
        "Every file of ts/ but the table of contents lies in a folder that has a place in the direction.",
      severity: "error",
      from: { path: "^ts/", pathNot: `^ts/(index\\.ts$|(${LAYERS.flat().join("|")})/)` },
      to: {},
    },
    {
      name: "no-circles",
      comment: "No circle of imports at run time.",
      severity: "error",
      from: { path: "^ts/" },
      to: { circular: true, viaOnly: { ...runtime } },
    },
    {
      name: "resolvable",
      severity: "error",
      from: { path: "^ts/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs"],
      exportsFields: ["exports"],
      conditionNames: ["import"],
    },
  },
};
