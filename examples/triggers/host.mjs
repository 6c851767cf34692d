// A host of Lambda functions: the Invoke API, and nothing else.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations(\?.*)?$/;

async function invoke(handlers, name, event) {
  const handler = handlers[name];
  if (!handler) return [404, { "x-amzn-errortype": "ResourceNotFoundException" }, { Message: `Function not found: ${name}` }];
  try {
    return [200, {}, await handler(event)];
  } catch (error) {
    const thrown = { errorMessage: error.message, errorType: error.name, trace: String(error.stack).split("\n") };
    return [200, { "x-amz-function-error": "Unhandled" }, thrown];
  }
}

/// Serves handlers by name; gives the server once it listens.
export function serve(handlers, port = 3001) {
  const server = createServer(async (request, response) => {
    const name = PATH.exec(request.url ?? "")?.[1];
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = name ? await invoke(handlers, decodeURIComponent(name), JSON.parse(body)) : [404, {}, {}];
    const [status, headers, told] = answer;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(told ?? null));
  });
  return new Promise((listening) => server.listen(port, "127.0.0.1", () => listening(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { handler } = await import("./default-group.mjs");
  const { define, create, verify } = await import("./magic-link.mjs");
  const links = { "magic-link-define": define, "magic-link-create": create, "magic-link-verify": verify };
  const port = Number(process.env.PORT ?? 3001);
  await serve({ "default-group": handler, ...links }, port);
  console.log(`functions on http://127.0.0.1:${port}`);
}
