// What pages weigh and how often they ask, at the first visit and when one goes on: bytes and requests, never times.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";
import { furnish } from "./harness/furnish.mjs";

/** The most that each file may have, compressed. */
const FILES = { css: 14_000, htmx: 17_000, app: 12_000, customers: 12_000, icons: 3_000, favicon: 1_000 };
/** The most that everything of a first visit may have, and of a page after it. */
const FIRST = 150_000;
const NEXT = 15_000;
/** What the browser asks for by itself, and what a page says once it is there. */
const ASIDE = /^\/(assets\/favicon\..*|speculation-rules\.json|live|tickets\/\d+\/(presence|seen))$/;

/** Goes to an address, and gives all that came over the network, in bytes with its head, the page itself first. */
async function came(page, address, wait) {
  const got = [];
  const keep = (request) => got.push(request);
  page.on("requestfinished", keep);
  const answer = await page.goto(address, { waitUntil: "load" });
  assert.equal(answer.status(), 200, address);
  // What is asked for ahead comes half a second later.
  await page.waitForTimeout(wait);
  page.off("requestfinished", keep);
  const all = got.map(async (request) => {
    const { responseBodySize: body, responseHeadersSize: head } = await request.sizes();
    const { "sec-purpose": purpose } = await request.allHeaders();
    const headers = (await request.response()).headers();
    const isPage = request.resourceType() === "document";
    return { path: new URL(request.url()).pathname, isPage, body, bytes: body + head, ahead: purpose === "prefetch", headers };
  });
  // What lies in the cache has no bytes.
  return (await Promise.all(all)).filter(({ bytes }) => bytes > 0).sort((one, other) => Number(other.isPage) - Number(one.isPage));
}

const sum = (all) => all.reduce((bytes, one) => bytes + one.bytes, 0);
const shown = (all) => all.filter(({ path, ahead }) => !ahead && !ASIDE.test(path));
const paths = (all) => all.map(({ path, bytes }) => `${path} ${bytes}`).join(", ");

test("pages are light and ask seldom", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const browser = await startBrowser(t);
  const f = await furnish(browser, demo);
  for (let n = 1; n <= 29; n += 1) {
    const body = `Message ${n}: the flags of the project are read before the storage is ready, and so they fall back.`;
    await demo.api("PUT", `/api/v2/tickets/${f.asked}.json`, { ticket: { comment: { body, public: n % 3 > 0 } } });
  }
  // Who, the address, the most that its HTML may have, how many requests it takes at the first visit, and how much of
  // what makes it long is there.
  const pages = [
    ["bo", "/views/all", 12_000, 5, ["#rows > li", 50]],
    ["bo", `/tickets/${f.asked}`, 14_000, 5, ["#timeline article", 30]],
    ["bo", "/search?q=replay", 14_000, 5],
    ["bo", "/reports/first-reply", 14_000, 5],
    ["customer", `/requests/${f.asked}`, 8_000, 4],
    ["guest", "/requests/new", 8_000, 3],
    ["guest", "/support-hours", 8_000, 4],
    ["guest", f.survey, 4_000, 2],
  ];
  for (const [who, address, most, requests, long] of pages) {
    await t.test(address.split("?")[0], async () => {
      const { page } = await f.person(who, { axe: false });
      const first = await came(page, address, 800);
      if (long) assert.equal(await page.locator(long[0]).count(), long[1]);
      const [html, ...files] = shown(first);
      assert.ok(html.body <= most, `its HTML has ${html.body} bytes`);
      assert.equal(1 + files.length, requests, paths(first));
      for (const { path, body, headers } of files) {
        const name = /^\/assets\/(\w+)\.\w+\.(\w+)$/.exec(path);
        assert.ok(body <= (FILES[name[2]] ?? FILES[name[1]]), `${path} has ${body} bytes`);
        assert.match(headers["cache-control"], /immutable/);
        assert.match(headers["cache-control"], /max-age=31536000/);
      }
      assert.ok(sum(first) < FIRST, `a first visit is ${sum(first)} bytes: ${paths(first)}`);
      assert.doesNotMatch(html.headers["cache-control"], /no-store/);

      const next = await came(page, address, 100);
      assert.equal(shown(next).length, 1, paths(next));
      const own = next.filter(({ ahead }) => !ahead);
      assert.ok(sum(own) < NEXT, `going on is ${sum(own)} bytes: ${paths(own)}`);
    });
  }
  await t.test("parts", async () => {
    const { page } = await f.person("bo", { axe: false });
    await page.goto("/keys");
    const parts = [
      [`/tickets/${f.ticket}/news?since=1`, 4_000],
      [`/tickets/${f.asked}/presence`, 2_000],
      ["/notices/count", 2_000],
      ["/bar?q=replay", 3_000],
      [`/bar/choices?do=status&id=${f.ticket}`, 3_000],
      ["/widget.js", 20_000],
    ];
    for (const [address, most] of parts) {
      const bytes = await page.evaluate(async (to) => {
        const answer = await fetch(to, { headers: { "HX-Request": "true" } });
        await answer.text();
        return performance.getEntriesByName(answer.url).at(-1).encodedBodySize;
      }, address);
      assert.ok(bytes > 0 && bytes <= most, `${address} has ${bytes} bytes`);
    }
  });
});
