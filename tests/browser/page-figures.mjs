// How fast the workspace answers in Chromium, measured on a desk that runs already:
// `node tests/browser/page-figures.mjs <credentials.json>`, with the file that `answerable demo` wrote.
// Prints a line of JSON: the middle of some rounds, in milliseconds, and what came over the line, in kilobytes. Nothing is
// asserted: figures depend on the machine.

import { readFile } from "node:fs/promises";

import { startBrowser, visitor } from "./harness/browser.mjs";

const ROUNDS = 15;
const ends = [];
const credentials = JSON.parse(await readFile(process.argv[2], "utf8"));
const demo = { ...credentials, url: credentials.url.replace(/\/$/, "") };

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const person = await visitor(await startBrowser({ after: (end) => ends.push(end) }), demo, { axe: false, scheme: null });
const { page } = person;
// A page is usable once its scripts have run and it was painted; a key has its answer in the frame after the change. Clocks
// of two documents are compared by the time of day.
await page.addInitScript(() => {
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.timeOrigin + performance.now())));
  addEventListener("DOMContentLoaded", () => painted((at) => (window.usableAt = at)));
  addEventListener(
    "keydown",
    (event) => {
      sessionStorage.setItem("pressed", String(performance.timeOrigin + event.timeStamp));
      painted((at) => (window.answeredAt = at));
    },
    { capture: true },
  );
});
const usable = async () => (await page.waitForFunction(() => window.usableAt)).jsonValue();
const pressed = () => page.evaluate(() => Number(sessionStorage.getItem("pressed")));

const session = await page.context().newCDPSession(page);
let bytes = 0;
// What is fetched ahead, for the row one looks at, is not part of a page.
const ahead = new Set();
await session.send("Network.enable");
session.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => headers["Sec-Purpose"] && ahead.add(requestId));
session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => (bytes += ahead.has(requestId) ? 0 : encodedDataLength));
const weigh = async (go) => {
  bytes = 0;
  await go();
  await page.waitForLoadState("networkidle");
  return bytes / 1000;
};

await person.signIn(demo);
await session.send("Network.clearBrowserCache");
const list = "/views/open";
const first = await weigh(() => page.goto(list));
const next = await weigh(() => page.goto("/views/unassigned"));

const queue = [];
const ticket = [];
const key = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await page.goto(list);
  queue.push((await usable()) - (await page.evaluate(() => performance.timeOrigin)));
  for (const name of ["j", "x", "j", "k", "x"]) {
    await page.evaluate(() => (window.answeredAt = undefined));
    await page.keyboard.press(name);
    const answered = await (await page.waitForFunction(() => window.answeredAt)).jsonValue();
    key.push(answered - (await pressed()));
  }
  // Another ticket each time, so that none was fetched before it is opened.
  for (let row = 0; row < round; row += 1) await page.keyboard.press("j");
  await Promise.all([page.waitForURL("**/tickets/**"), page.keyboard.press("Enter")]);
  ticket.push((await usable()) - (await pressed()));
}
for (const end of ends.toReversed()) await end();
console.log(
  JSON.stringify({ queue_ms: middle(queue), ticket_ms: middle(ticket), key_ms: middle(key), first_kb: first, next_kb: next }),
);
process.exit(0);
