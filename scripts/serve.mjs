// A static server over the repository: for the demo pages and for the browser tests.
import { createServer } from "node:http";
import sirv from "sirv";
import { ROOT } from "./build/paths.mjs";

/** Headers with which a page may share memory with workers. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The page that lists the demos. */
const START = "/examples/web/";

/** Serves the repository root; resolves to `{ origin, close }`. Port 0 takes any free one. */
export function serve({ isolated = false, headers = {}, port = 0, host = "127.0.0.1" } = {}) {
  const all = { ...(isolated && ISOLATION), ...headers };
  const files = sirv(ROOT, {
    dev: true,
    setHeaders(response) {
      for (const [name, value] of Object.entries(all)) response.setHeader(name, value);
    },
  });
  const server = createServer((request, response) => {
    if (request.url === "/") return void response.writeHead(302, { Location: START }).end();
    files(request, response, () => {
      response.statusCode = 404;
      response.end(`no file ${request.url}`);
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, host, () => {
      resolve({
        origin: `http://${host}:${server.address().port}`,
        close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
      });
    });
  });
}
