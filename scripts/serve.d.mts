export interface Server {
  origin: string;
  close(): Promise<void>;
}
/** Serves the repository root; port 0 takes any free one. */
export function serve(options?: {
  isolated?: boolean;
  /** More headers of every answer. */
  headers?: Record<string, string>;
  port?: number;
  host?: string;
}): Promise<Server>;
