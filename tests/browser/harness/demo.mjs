// A running demo of Answerable, and the ends of it that only a demo has: its clock, its outbox, its mail inbox.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Mon 8 Jun 2026, 09:12 in London: the moment of every example in the documents. */
export const NOW = "2026-06-08T08:12:00Z";

const BINARY = process.env.ANSWERABLE_BINARY ?? fileURLToPath(new URL("../../../target/debug/answerable", import.meta.url));
const HANDBOOK = new URL("../../../crates/handbook/sample.toml", import.meta.url);
const PATIENCE_MS = 60_000;

/**
 * Starts a demo with a clock that stands still, and waits until it is ready. It is stopped when the test ends.
 * The desk is empty unless `sample` is asked for. With `now: null` the clock is the world's; a clock that is `running`
 * begins at `now`. `handbook` changes the text of the sample handbook.
 */
export async function startDemo(test, { sample = false, now = NOW, running = false, handbook } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "answerable-browser-"));
  const file = join(folder, "credentials.json");
  const desk = sample ? [] : ["--empty"];
  const clock = now ? ["--now", now, ...(running ? ["--running"] : [])] : [];
  const policy = [];
  if (handbook) {
    policy.push("--handbook", join(folder, "handbook.toml"));
    await writeFile(policy[1], handbook(await readFile(HANDBOOK, "utf8")));
  }
  const arguments_ = ["demo", ...policy, ...desk, "--listen", "127.0.0.1:0", ...clock, "--credentials-file", file];
  const child = spawn(BINARY, arguments_, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => (said = (said + data).slice(-10_000)));
  }
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  test.after(async () => {
    process.off("exit", kill);
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
    kill();
    await rm(folder, { recursive: true, force: true });
  });

  return new Demo(await credentials(file, ended, () => said));
}

async function credentials(file, ended, said) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return JSON.parse(text);
    const end = await Promise.race([ended, sleep(20)]);
    if (end !== undefined) throw new Error(`${BINARY} demo: ${end}\n${said()}`);
    if (Date.now() > until) throw new Error(`${BINARY} demo was not ready after a minute\n${said()}`);
  }
}

class Demo {
  constructor({ url, email, password, token, links }) {
    this.url = url.replace(/\/$/, "");
    this.links = links;
    this.email = email;
    this.password = password;
    this.token = token;
  }

  /** Calls the JSON API as the admin; an answer other than 2xx is an error. */
  async api(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    return this.#call(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
  }

  /** Everything that would have been sent, oldest first. */
  async outbox() {
    const { deliveries } = await this.#call("GET", "/demo/outbox.json");
    return deliveries;
  }

  /** The newest delivery of a kind about a ticket. */
  async lastDelivery(kind, ticket) {
    const found = (await this.outbox()).findLast((sent) => sent.kind === kind && sent.ticket_id === ticket);
    if (!found) throw new Error(`nothing of kind ${kind} was sent about ticket ${ticket}`);
    return found;
  }

  /** Moves the clock: `{ advance: "72h" }` or `{ set: "2026-06-10T09:00:00Z" }`. */
  async clock(change) {
    return this.#call("POST", "/demo/clock", { "content-type": "application/json" }, JSON.stringify(change));
  }

  /** Hands over a mail as if it had arrived in the support mailbox. */
  async receive({ from, to, subject, inReplyTo, text }) {
    const lines = [
      `From: ${from}`,
      `To: ${to}`,
      `Subject: ${subject}`,
      `Date: ${new Date(NOW).toUTCString().replace("GMT", "+0000")}`,
      `Message-ID: <${crypto.randomUUID()}@customer.test>`,
      ...(inReplyTo ? [`In-Reply-To: ${inReplyTo}`, `References: ${inReplyTo}`] : []),
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "",
      text,
      "",
    ];
    return this.#call("POST", "/demo/inbox/email", { "content-type": "message/rfc822" }, lines.join("\r\n"));
  }

  /** Hands over exactly these bytes as a mail. */
  async deliver(raw) {
    return this.#call("POST", "/demo/inbox/email", { "content-type": "message/rfc822" }, raw);
  }

  async #call(method, path, headers = {}, body = undefined) {
    const answer = await fetch(this.url + path, { method, headers, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
}
