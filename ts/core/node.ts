// The host's built-in modules, asked for at run time: bundlers leave such a call alone.
interface HostProcess {
  versions?: { node?: string };
  getBuiltinModule?(name: string): unknown;
}

const host = (globalThis as { process?: HostProcess }).process;

/** Major version of Node, or of the Node that Deno and Bun say they are; 0 in a browser. */
export const nodeVersion = Number.parseInt(host?.versions?.node ?? "0", 10);

/** A built-in module such as `node:os`; undefined in a browser. */
export const nodeModule = <T>(name: string): T | undefined => host?.getBuiltinModule?.(name) as T | undefined;
