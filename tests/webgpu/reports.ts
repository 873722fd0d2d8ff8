// What pages post that no driver watches.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Reports {
  /** Where pages post to. */
  address: string;
  /** The next report: what a page posted as JSON. */
  next(): Promise<unknown>;
  close(): void;
}

export async function receiveReports(): Promise<Reports> {
  const arrived: unknown[] = [];
  const awaited: ((report: unknown) => void)[] = [];
  const server = createServer(async (request, response) => {
    const report: unknown = JSON.parse(await text(request));
    response.end();
    const take = awaited.shift();
    if (take === undefined) arrived.push(report);
    else take(report);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    next: () =>
      arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((resolve) => awaited.push(resolve)),
    close: () => void server.close(),
  };
}
