export interface Server {
  origin: string;
  close(): Promise<void>;
}
/** Serves the repository root; port 0 takes any free one. */
export function serve(options?: { isolated?: boolean; port?: number; host?: string }): Promise<Server>;
