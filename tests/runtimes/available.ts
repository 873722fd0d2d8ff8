// Tests that need a runtime which a machine may lack: skipped by name there, but never in CI.
import { type TestContext, test } from "vitest";

const REQUIRED = process.env["CI"] === "true";

/** A test that runs where `missing` is null; else it is skipped with that reason, or fails where runtimes are required. */
export function testWhere(
  missing: string | null,
  name: string,
  run: () => Promise<void> | void,
  timeout?: number,
): void {
  const body = async (context: TestContext) => {
    if (missing !== null && REQUIRED) throw new Error(missing);
    if (missing !== null) {
      console.warn(`skipped: ${name}: ${missing}`);
      context.skip(missing);
    }
    await run();
  };
  test(name, body, timeout);
}
