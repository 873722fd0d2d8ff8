// The table at the end of a run.

const COLUMNS = ["passed", "failed", "missing", "unrepresentable"];

function count(results) {
  const counts = Object.fromEntries(COLUMNS.map((c) => [c, 0]));
  for (const r of results) counts[r.status]++;
  return counts;
}

function line(name, counts, milliseconds) {
  const numbers = COLUMNS.map((c) => String(counts[c] || "").padStart(Math.max(c.length, 6)));
  return `${name.padEnd(20)} ${numbers.join("  ")}  ${(milliseconds / 1000).toFixed(1).padStart(7)} s`;
}

const duration = (results) => results.reduce((sum, r) => sum + r.milliseconds, 0);

/**
 * Prints what went wrong (once per operator, or each case when verbose has already shown them), then one line per group.
 * A missing function counts as a failure in the returned totals.
 */
export function printTable(results, groups, verbose) {
  if (!verbose) printReasons(results);
  console.log(
    `\n${"group".padEnd(20)} ${COLUMNS.map((c) => c.padStart(Math.max(c.length, 6))).join("  ")}  ${"time".padStart(9)}`,
  );
  for (const name of groups) {
    const own = results.filter((r) => r.group === name);
    if (own.length) console.log(line(name, count(own), duration(own)));
  }
  const total = count(results);
  console.log(line("total", total, duration(results)));
  return { passed: total.passed, failed: total.failed + total.missing };
}

function printReasons(results) {
  const missing = new Map();
  const failed = new Map();
  for (const r of results) {
    if (r.status === "missing") missing.set(r.reason, (missing.get(r.reason) ?? 0) + 1);
    if (r.status !== "failed") continue;
    const key = `${r.group} ${r.op}`;
    const known = failed.get(key);
    if (known) known.cases++;
    else failed.set(key, { cases: 1, id: r.id, reason: r.reason });
  }
  if (missing.size) console.log("missing: " + [...missing].map(([name, n]) => `${name} (${n})`).join(", "));
  for (const [key, { cases, id, reason }] of failed)
    console.log(
      `failed: ${key}${cases > 1 ? ` (${cases} cases)` : ""}${id === key.split(" ")[1] ? "" : ` [${id}]`}: ${reason}`,
    );
}
