// What the in-app help costs the page it is in, measured: `node tests/browser/widget-figures.mjs`.
// Prints its size, how soon it is ready once its script has arrived, the longest task, and how long submitting takes on
// loopback. Nothing is asserted: figures depend on the machine. `ANSWERABLE_BINARY` names another build than the debug one.

import { gzipSync } from "node:zlib";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";
import { startHost } from "./harness/host.mjs";

const ROUNDS = 15;
const ends = [];
const session = { after: (end) => ends.push(end) };

/** The middle, the ninth of ten, and the worst. */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
  return `median ${at(0.5)} ms, p90 ${at(0.9)} ms, worst ${at(1)} ms`;
}

const demo = await startDemo(session);
const script = Buffer.from(await (await fetch(`${demo.url}/widget.js`)).arrayBuffer());
console.log(`size: ${gzipSync(script, { level: 9 }).length} bytes compressed, ${script.length} as they are`);

const host = await startHost(session, demo);
const customer = await visitor(await startBrowser(session), demo, { axe: false });
const { page } = customer;
await page.addInitScript(() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
});
const panel = page.getByRole("dialog");
const ready = [];
const opened = [];
const submitted = [];
const answered = [];
const tasks = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await page.goto(`${host}?round=${round}`);
  await page.getByRole("button", { name: "Help" }).waitFor();
  ready.push(
    await page.evaluate(() => {
      const arrived = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/widget.js")).responseEnd;
      return performance.getEntriesByName("answerable-ready")[0].startTime - arrived;
    }),
  );
  opened.push(
    await page.evaluate(async () => {
      const from = performance.now();
      await window.Answerable.open("ask");
      return performance.now() - from;
    }),
  );
  await panel.getByLabel("What is it about?").fill(`Flags ${round}`);
  await panel.getByLabel("Tell us more").fill("Off.");
  const sent = page.waitForResponse((response) => response.url().endsWith("/requests.json") && response.request().method() === "POST");
  const from = await page.evaluate(() => {
    const root = document.querySelector("answerable-help").shadowRoot;
    window.shown = new Promise((done) => {
      new MutationObserver(() => root.querySelector(".promise") && done(performance.now())).observe(root, { childList: true, subtree: true });
    });
    const at = performance.now();
    root.querySelector("form button.primary").click();
    return at;
  });
  submitted.push((await page.evaluate(() => window.shown)) - from);
  const { responseStart, requestStart } = (await sent).request().timing();
  answered.push(responseStart - requestStart);
  tasks.push(...(await page.evaluate(() => window.tasks.map((task) => task.duration))));
  // Ten requests a minute are one person's limit; outside of the demo.
}
console.log(`ready after the script has arrived: ${spread(ready)}`);
console.log(`the form is there after it was asked for: ${spread(opened)}`);
console.log(`submitting, until the promise is shown: ${spread(submitted)}`);
console.log(`submitting, until the desk answers: ${spread(answered)}`);
console.log(`tasks over 50 ms in ${ROUNDS} rounds of loading, opening, typing and sending: ${tasks.length ? tasks.map((task) => `${task.toFixed(0)} ms`).join(", ") : "none"}`);
for (const end of ends.toReversed()) await end();
process.exit(0);
