// Every page there is, by the table of routes: it is valid HTML, has a strict policy and keeps it, one heading, nothing
// that axe finds in light or in dark, and fits a phone. A route that this test does not go to fails it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { HtmlValidate } from "html-validate";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";
import { furnish } from "./harness/furnish.mjs";

/** The routes of the pages, from the table that the tests of rights hold against the program's own. */
const TABLE = new URL("../../crates/answerable/tests/all/rights/pages.rs", import.meta.url);

/** What the standard demands. */
const HTML = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:document"],
  rules: {
    // Style sheet and script come from the page's own host.
    "require-sri": ["error", { target: "crossorigin" }],
    // The lists at the side have headings of their own, before the page's; levels that are left out are found.
    "heading-level": ["error", { minInitialRank: "h2" }],
  },
});
/** A part of a page begins nowhere: what is asked of a whole document is not asked of it. */
const PART = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard"],
  rules: { "heading-level": "off" },
});

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
  "form-action": "'self'",
};

/** Where each route is looked at: who, and the address. Several where it is several pages. */
const pages = (f) => ({
  "/": [["guest", "/"], ["bo", "/"], ["admin", "/"]],
  "/demo/outbox": [["guest", "/demo/outbox"], ["admin", "/demo/outbox?channel=slack"]],
  "/requests/new": [["guest", "/requests/new"], ["customer", "/requests/new?lang=ja"]],
  "/requests/sign-in": [["guest", "/requests/sign-in"]],
  "/requests/sign-in/{token}": [["guest", f.signIn]],
  "/claim/{token}": [["guest", f.claim]],
  "/support-hours": [["guest", "/support-hours"], ["guest", "/support-hours?lang=de"]],
  "/survey": [["guest", f.survey]],
  "/survey/refusal": [["guest", f.refusal]],
  "/welcome/{token}": [["guest", f.welcome]],
  "/requests": [["customer", "/requests"]],
  "/requests/{id}": [["customer", `/requests/${f.asked}`]],
  "/questions": [["guest", "/questions"], ["bo", "/questions?q=safari"]],
  "/questions/{id}": [["guest", `/questions/${f.question}`], ["bo", `/questions/${f.question}`]],
  "/questions/new": [["bo", "/questions/new"]],
  "/questions/{id}/edit": [["bo", `/questions/${f.question}/edit`]],
  "/docs-gaps": [["bo", "/docs-gaps"]],
  "/promises": [["guest", "/promises"]],
  "/settings/me": [["bo", "/settings/me"]],
  "/notices": [["bo", "/notices"]],
  "/reports": [["bo", "/reports"]],
  "/reports/promises": [["bo", "/reports/promises"]],
  "/reports/{name}": ["volume", "first-reply", "satisfaction"].map((name) => ["bo", `/reports/${name}`]),
  "/reports/{name}/tickets": [["bo", "/reports/volume/tickets?of=asked"]],
  "/digest/{team}": [["bo", "/digest/replay"]],
  "/digest/{team}/{week}": [["bo", f.digest]],
  "/digest/{team}/{week}/tickets": [["bo", f.digestTickets]],
  "/rota": [["bo", "/rota"]],
  "/rota/{team}": [["bo", "/rota/replay"]],
  "/rota/{team}/{week}/handover": [["bo", "/rota/replay/2026-06-08/handover"]],
  "/bulk": [["bo", `/bulk?do=status&id=${f.ticket}&id=${f.asked}`]],
  "/keys": [["bo", "/keys"]],
  "/search": [["bo", "/search?q=replay"], ["bo", "/search?q=nothing-of-the-kind"]],
  "/settings/handbook": [["bo", "/settings/handbook"]],
  "/settings/handbook/{version}": [["bo", f.handbook]],
  "/settings/handbook/replay": [["bo", "/settings/handbook/replay"]],
  "/settings/mail": [["admin", "/settings/mail"]],
  "/tickets/{id}": [["bo", `/tickets/${f.ticket}?list=my-queue`], ["admin", `/tickets/${f.asked}`], ["bo", `/tickets/${f.mailed}`], ["bo", `/tickets/${f.closed}`]],
  "/tickets/{id}/deliveries/{delivery}/address": [["bo", `/tickets/${f.lost.ticket}/deliveries/${f.lost.delivery}/address`]],
  ...Object.fromEntries(
    "activity related assignment team escalation severity details area issue promise merge split spam skip explanation hold snooze priority solution status tags macro claim question"
      .split(" ")
      .map((part) => [`/tickets/{id}/${part}`, [["bo", `/tickets/${f.ticket}/${part}`]]]),
  ),
  "/tickets/new": [["bo", "/tickets/new"]],
  "/people/{id}": [["bo", `/people/${f.customer}`]],
  "/organizations/{id}": [["bo", `/organizations/${f.organization}`]],
  "/views/{slug}": ["my-queue", "all", "pending", "bugs-unsolved", "mine"].map((slug) => ["bo", `/views/${slug}`]),
  "/views/suspended": [["bo", "/views/suspended"]],
  "/views/new": [["bo", "/views/new?q=kind:bug"]],
  "/views/{slug}/edit": [["admin", "/views/bugs-unsolved/edit"]],
  "/settings": [["bo", "/settings"], ["admin", "/settings"]],
  "/settings/macros": [["bo", "/settings/macros"]],
  "/settings/macros/new": [["bo", "/settings/macros/new"]],
  "/settings/macros/{id}": [["admin", "/settings/macros/1"]],
  ...Object.fromEntries(
    "triggers automations people teams channels fields tokens webhooks deliveries"
      .split(" ")
      .map((name) => [`/settings/${name}`, [["admin", `/settings/${name}`]]]),
  ),
  ...Object.fromEntries(
    "triggers automations fields webhooks".split(" ").map((name) => [`/settings/${name}/new`, [["admin", `/settings/${name}/new`]]]),
  ),
  ...Object.fromEntries(
    Object.entries(f.settings).map(([name, id]) => [`/settings/${name}/{id}`, [["admin", `/settings/${name}/${id}`]]]),
  ),
});

/** What script fetches into a page. */
const parts = (f) => ({
  "/bar": ["bo", "/bar?q=replay"],
  "/bar/choices": ["bo", `/bar/choices?do=status&id=${f.ticket}`],
  "/questions/matching": ["guest", "/questions/matching?subject=flags+safari"],
  "/notices/count": ["bo", "/notices/count"],
  "/tickets/{id}/news": ["bo", `/tickets/${f.mailed}/news?since=1`],
  "/tickets/{id}/presence": ["bo", `/tickets/${f.ticket}/presence`],
  "/views/{slug}/news": ["bo", `/views/my-queue/news?list=/views/my-queue&rows=${f.ticket}.1`],
  "/presence": ["bo", `/presence?ids=${f.ticket}`],
  "/mentions": ["bo", "/mentions?q=a"],
  "/tags": ["bo", "/tags?tags=c"],
  "/people": ["bo", "/people?email=da"],
});

/** What is no HTML, or leads on. */
const others = (f) => ({
  "/demo/as/{person}": ["guest", f.demo, 303],
  "/live": ["bo", "/live?topics=outbox", 200],
  "/attachments/token/{token}": ["guest", f.attachment, 200],
  "/attachments/token/{token}/": ["guest", f.attachment.replace(/(\/token\/[^/?]+)\/?/, "$1/"), 200],
  "/rota/calendar/{file}": ["guest", f.calendar, 200],
  "/reports/{name}/csv": ["bo", "/reports/volume/csv", 200],
  "/reports/{name}/chart.png": ["bo", "/reports/volume/chart.png", 200],
  "/tickets/{id}/mails/{mail}/source": ["bo", f.source, 200],
  "/suspended/{mail}/source": ["bo", f.suspended, 200],
  "/tickets/{id}/drafts/{kind}": ["bo", `/tickets/${f.ticket}/drafts/reply`, 200],
});

async function routes() {
  const [, table] = (await readFile(TABLE, "utf8")).split("const PAGES");
  return [...table.split("\n];")[0].matchAll(/^    \("([A-Z ]+)", "([^"]+)"/gm)].filter(([, verbs]) => verbs.includes("GET")).map(([, , path]) => path);
}

const problems = async (validator, html) =>
  (await validator.validateString(html)).results.flatMap(({ messages }) => messages)
    .map(({ ruleId, message, line, column }) => `${ruleId}: ${message} (${line}:${column}: ${html.split("\n")[line - 1].slice(Math.max(0, column - 80), column + 80)})`);

/** What is wrong with a page before a browser has seen it. */
async function wrongInText(answer) {
  const html = await answer.text();
  const policy = Object.fromEntries(
    (answer.headers()["content-security-policy"] ?? "").split(";").map((part) => part.trim().split(/ (.*)/)).map(([name, value]) => [name, value]),
  );
  const lax = Object.entries(POLICY).filter(([name, value]) => policy[name] !== value).map(([name]) => `its policy has ${name} ${policy[name]}`);
  const unsafe = Object.entries(policy).filter(([, value]) => /unsafe|\*|data:.*script/.test(value ?? "")).map(([name, value]) => `its policy has ${name} ${value}`);
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>|<style\b|<[^>]+\s(?:style|on[a-z]+)=/g)].map(([found]) => `inline: ${found}`);
  return [...lax, ...unsafe, ...inline, ...(await problems(HTML, html))];
}

/** What is wrong with a page in the browser: in light, in dark, and on a phone. */
async function wrongInBrowser({ page }, address) {
  await page.goto(address);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({ resultTypes: ["violations"] });
    const headings = [...document.querySelectorAll("h1")].map((one) => one.textContent);
    return { violations, headings };
  });
  const told = (scheme, { id, help, nodes }) => nodes.map((node) => `${scheme}: ${id}: ${help}: ${node.html.slice(0, 200)}`);
  const wrong = found.violations.flatMap((one) => told("light", one));
  if (found.headings.length !== 1) wrong.push(`its h1 are ${JSON.stringify(found.headings)}`);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  // What is not about colour is the same in the dark.
  const dark = await page.evaluate(async () => (await globalThis.axe.run({ runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations"] })).violations);
  wrong.push(...dark.flatMap((one) => told("dark", one)));
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 375, height: 812 });
  const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (needed > given) wrong.push(`it is ${needed} px wide and scrolls sideways in ${given} px`);
  await page.setViewportSize(before);
  return wrong;
}

test("every page is valid, accessible, strict and fits", async (t) => {
  // A company that shows how it keeps its promises.
  const demo = await startDemo(t, { sample: true, handbook: (text) => text.replace("public = false", "public = true") });
  const browser = await startBrowser(t);
  const f = await furnish(browser, demo);
  const tables = [pages(f), parts(f), others(f)];
  assert.deepEqual(tables.flatMap(Object.keys).toSorted(), (await routes()).toSorted(), "every route is in one of the tables of this test, and no other");

  const wrong = {};
  const note = (address, list) => list.length && (wrong[address] ??= []).push(...list);
  const missing = [["guest", "/nothing-here", 404], ["bo", "/tickets/999999", 404], ["customer", "/settings/people", 404]];
  const all = [...Object.values(tables[0]).flat(), ...missing];
  // Two browsers share the work, each with every role.
  const works = [all.filter((_, n) => n % 2 === 0), all.filter((_, n) => n % 2 === 1)];
  await Promise.all(
    works.map(async (work) => {
      const people = await f.everybody();
      for (const [who, address, status = 200] of work) {
        const person = people[who];
        const answer = await person.page.request.get(address);
        if (answer.status() !== status) note(`${who} ${address}`, [`answers ${answer.status()}`]);
        note(`${who} ${address}`, await wrongInText(answer));
        const part = await person.page.request.get(address, { headers: { "HX-Request": "true" } });
        const html = await part.text();
        if (!html.startsWith("<!DOCTYPE")) note(`${who} ${address} as a part`, await problems(PART, html));
        note(`${who} ${address}`, await wrongInBrowser(person, address));
        if (status !== 200) person.forgetRefusal(status);
        note(`${who} ${address}`, person.complaints());
      }
    }),
  );
  const people = await f.everybody();
  for (const [who, address] of Object.values(tables[1])) {
    const answer = await people[who].page.request.get(address, { headers: { "HX-Request": "true" } });
    if (answer.status() !== 200) note(address, [`answers ${answer.status()}`]);
    note(address, await problems(PART, await answer.text()));
  }
  for (const [who, address, status] of Object.values(tables[2])) {
    const { cookies } = await people[who].page.context().storageState();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const stop = new AbortController();
    const answer = await fetch(new URL(address, demo.url), { headers: { cookie }, redirect: "manual", signal: stop.signal });
    if (answer.status !== status) note(address, [`answers ${answer.status}`]);
    if (/html/.test(answer.headers.get("content-type"))) note(address, ["is HTML"]);
    stop.abort();
  }
  assert.equal(Object.keys(wrong).length, 0, Object.entries(wrong).map(([address, list]) => [address, ...new Set(list)].join("\n    ")).join("\n"));
});
