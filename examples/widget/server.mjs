// An app with the in-app help on its page, and the one thing its server has to do: sign who its user is.
// Start `answerable demo`, then `node examples/widget/server.mjs`, and open http://localhost:4000.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const DESK = process.env.ANSWERABLE_URL ?? "http://127.0.0.1:3000";
const PORT = Number(process.env.PORT ?? 4000);
// Every demo has this key. For a real desk: `answerable identity key create`, and keep the secret out of the source.
const KEY = process.env.ANSWERABLE_IDENTITY_KEY ?? "demo";
const SECRET = process.env.ANSWERABLE_IDENTITY_SECRET ?? "answerable-demo-identity-secret-not-for-production";

const base64url = (text) => Buffer.from(text).toString("base64url");

/** A token that says for five minutes who the user is. */
function sign(claims) {
  const head = base64url(JSON.stringify({ alg: "HS256", typ: "JWT", kid: KEY }));
  const body = base64url(JSON.stringify({ ...claims, exp: Math.floor(Date.now() / 1000) + 300 }));
  const signature = createHmac("sha256", SECRET).update(`${head}.${body}`).digest("base64url");
  return `${head}.${body}.${signature}`;
}

/** Whoever is signed in to the app: here always the same made-up person. */
const user = {
  sub: "user-7",
  email: "dana@fernlight.test",
  name: "Dana Reyes",
  organization: { id: "org-3", name: "Fernlight", plan: "scale", mrr: 2400, trial: false, addons: ["teams"], card: true },
};

const page = (await readFile(new URL("index.html", import.meta.url), "utf8")).replaceAll("{desk}", DESK);
const policy = `default-src 'none'; script-src ${DESK}; connect-src 'self' ${DESK}; style-src 'self'; img-src 'self' data:`;

createServer((request, response) => {
  if (request.url === "/answerable-identity") {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify({ token: sign(user) }));
  } else if (request.url === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
    response.end(page);
  } else {
    response.writeHead(404).end();
  }
}).listen(PORT, "localhost", () => console.log(`The app: http://localhost:${PORT}, its desk: ${DESK}`));
