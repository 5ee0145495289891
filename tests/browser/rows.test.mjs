// The row in focus and what it says: keys that act on it, who else is at it, and how many rows fit.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

/** Some tickets and somebody who looks at the list of them. */
async function setUp(t, count) {
  const demo = await startDemo(t);
  const ids = [];
  for (let n = 1; n <= count; n += 1) {
    const ticket = { subject: `Question ${n}`, comment: { body: "How?" }, requester: { name: "Kim", email: "kim@tallow.test" } };
    ids.push((await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket.id);
  }
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto("/views/open");
  return { demo, browser, ids, agent, page: agent.page };
}

/** Somebody of us with a password. */
async function colleague(demo, browser) {
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  const { id, email } = users.find((user) => user.email);
  await demo.api("POST", `/api/v2/users/${id}/password.json`, { password: "a long enough password" });
  const one = await visitor(browser, demo);
  await one.signIn({ email, password: "a long enough password" });
  return one;
}

test("who is at a ticket stands on its row, and no row moves", async (t) => {
  const { demo, browser, ids, agent, page } = await setUp(t, 3);
  const places = () => page.locator("#rows > li").evaluateAll((rows) => rows.map((row) => [row.id, row.getBoundingClientRect().top]));
  const before = await places();
  const presence = page.locator(`#row-${ids[1]} .row-presence`);

  const other = await colleague(demo, browser);
  await other.page.goto(`/tickets/${ids[1]}`);
  await presence.getByText(/ is viewing$/).waitFor();
  await other.page.locator(`#ticket-${ids[1]}-reply`).fill("Hi");
  await presence.getByText(/ is writing$/).waitFor();
  assert.deepEqual(await places(), before);
  await agent.lookEverywhere("list-presence");
  await page.reload();
  await presence.getByText(/ is writing$/).waitFor();

  await other.page.goto("/views/open");
  await page.waitForFunction((id) => document.querySelector(`#row-${id} .row-presence`).textContent === "", ids[1]);
  assert.deepEqual(await places(), before);
});

test("the row in focus is answered, noted, put off and followed by key", async (t) => {
  const { demo, agent, page } = await setUp(t, 3);
  const shown = await page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id.slice(4)));
  const typing = (kind) => page.waitForFunction((id) => document.activeElement.id === id, `ticket-${shown[0]}-${kind}`);

  for (const [key, kind] of [["r", "reply"], ["n", "note"]]) {
    await page.keyboard.press("j");
    await page.keyboard.press(key);
    await page.waitForURL(`**/tickets/${shown[0]}?list=open*`);
    await typing(kind);
    await page.goto("/views/open");
  }

  await page.keyboard.press("j");
  await page.keyboard.press("w");
  await page.getByText(`You follow #${shown[0]} now`).waitFor();
  await page.keyboard.press("w");
  await page.getByText(`You do not follow #${shown[0]} any more`).waitFor();

  await page.keyboard.press("h");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Tomorrow").waitFor();
  await agent.look("row-snooze");
  await dialog.getByRole("button", { name: "Snooze" }).click();
  await page.getByText(/^Snoozed for you until/).waitFor();
  await dialog.waitFor({ state: "hidden" });
  await page.waitForFunction((link) => document.activeElement.id === link, `row-${shown[0]}-link`);
  assert.match(page.url(), /\/views\/open$/);
  await page.evaluate(() => document.activeElement.blur());

  // Without a row there is nothing they could mean, and the bar says so.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("snooze");
  await page.getByRole("option", { name: "select a ticket or move to its row first" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#bar").waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement.matches("h1"));

  await page.keyboard.press("c");
  await page.waitForURL("**/tickets/new");
  await page.goto("/views/open");
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await page.waitForURL("**/views/open?q=team*");
  await page.locator("#rows > li").first().waitFor();
  const triage = await page.locator("nav a", { hasText: "Triage" }).getAttribute("aria-current");
  assert.equal(triage, "page");
  const tickets = await demo.api("GET", "/api/v2/tickets.json");
  assert.equal(await page.locator("#rows > li").count(), tickets.count);
});

/** How many rows of the height of the first one a screen holds. */
const holds = (page) => page.locator("#rows > li").first().evaluate((row) => Math.floor((innerHeight - row.getBoundingClientRect().top) / row.offsetHeight));

/** Chooses the room a row takes. */
async function choose(page, density) {
  await page.goto("/settings/me");
  await page.getByLabel("Rows").selectOption(density);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/settings/me?saved=1");
}

// ux 11.10
test("a screen shows twelve rows, or twenty-two close together, in every state of a list", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  const { page } = agent;
  await agent.signIn(demo);
  const kept = await page.locator("nav a", { hasText: "Bugs, unsolved" }).getAttribute("href");

  for (const list of ["/views/open", "/views/open?q=status:new", kept]) {
    await page.goto(list);
    assert.ok((await holds(page)) >= 12, `${list} holds ${await holds(page)} rows`);
  }
  await agent.lookEverywhere("list-kept");
  await page.goto("/views/open?q=priority:high+status:new");
  await agent.lookEverywhere("list-filtered");
  await page.goto("/views/open?q=status:new+tags:nothing-has-it");
  await agent.lookEverywhere("list-empty");

  await choose(page, "compact");
  await page.goto("/views/open");
  assert.ok((await holds(page)) >= 22, `it holds ${await holds(page)} rows, compact`);
  await agent.look("list-compact");
  await choose(page, "comfortable");

  // The hero's own queue, with a word about the handover.
  const eyes = page.getByLabel("See it as");
  await eyes.selectOption({ label: (await eyes.locator("option").allTextContents()).find((text) => text.startsWith("Bo, hero")) });
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await page.goto("/views/my-queue");
  await page.getByText("Handed over in").waitFor();
  assert.ok((await holds(page)) >= 12, `my queue holds ${await holds(page)} rows`);
  for (const key of ["j", "x", "j", "j", "x"]) await page.keyboard.press(key);
  await agent.lookEverywhere("list-queue");
});
