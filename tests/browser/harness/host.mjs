// An app of another origin that has the in-app help on its page, and a server that signs who its user is.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";

import { NOW } from "./demo.mjs";

/** The key that every demo has. */
const KEY = "demo";
const SECRET = "answerable-demo-identity-secret-not-for-production";

const POSTHOG = createRequire(import.meta.url).resolve("posthog-js/dist/array.full.no-external.js");

export const DANA = {
  sub: "user-7",
  email: "dana@fernlight.test",
  name: "Dana Reyes",
  organization: { id: "org-3", name: "Fernlight", plan: "scale", mrr: 2400 },
};

/** A token for five minutes of the demo's clock. */
export function sign(claims, { secret = SECRET } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(new Date(NOW).getTime() / 1000) + 300;
  const text = `${part({ alg: "HS256", typ: "JWT", kid: KEY })}.${part({ exp, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/**
 * Starts the app. Its page has a strict policy: scripts from itself and the desk, no inline style, and nothing that
 * turns text into markup. `tag` are the attributes of the script's tag, `script` and `style` the page's own.
 */
export async function startHost(test, demo, { tag = 'data-identity-url="/identity"', claims = DANA, secret, script = "", style = "", head = "" } = {}) {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${demo.url}`,
    "style-src 'self'",
    `connect-src 'self' ${demo.url}`,
    "require-trusted-types-for 'script'",
    "img-src 'self' data:",
    "base-uri 'none'",
  ].join("; ");
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The app</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css">${head}<script src="/app.js"></script></head>
    <body><main><h1>The app</h1><p>Numbers and flags.</p></main>
    <script src="${demo.url}/widget.js" defer ${tag}></script></body></html>`;
  const answers = {
    "/": ["text/html; charset=utf-8", page],
    "/app.css": ["text/css", style],
    "/app.js": ["text/javascript", script],
    "/identity": ["application/json", JSON.stringify({ token: sign(claims, { secret }) })],
    "/posthog.js": ["text/javascript", await readFile(POSTHOG)],
  };
  const server = createServer((request, response) => {
    const [type, body] = answers[new URL(request.url, "http://host").pathname] ?? [];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type, "content-security-policy": policy, "cache-control": "no-store" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  test.after(() => server.close());
  return `http://localhost:${server.address().port}/`;
}
