// Keys and focus: along messages and what was found, single keys on and off, exact times, and where the focus goes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };

/** Opens tickets with a message and some notes, and gives their numbers. */
async function furnish(demo, count, notes = 0) {
  const ids = [];
  for (let n = 1; n <= count; n += 1) {
    const ticket = { subject: `Rollout ${n}`, comment: { body: "How?" }, requester: DANA };
    const { id } = (await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket;
    for (let note = 1; note <= notes; note += 1) {
      await demo.api("PUT", `/api/v2/tickets/${id}.json`, { ticket: { comment: { body: `Note ${note}`, public: false } } });
    }
    ids.push(id);
  }
  return ids;
}

/** Where the focus is: the id of the element, or its tag. */
const focus = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.localName);
const focusIs = (page, id) => page.waitForFunction((one) => (document.activeElement.id || document.activeElement.localName) === one, id);

async function setUp(t, count, notes) {
  const demo = await startDemo(t);
  const ids = await furnish(demo, count, notes);
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  return { demo, ids, browser, agent, page: agent.page };
}

test("J and K walk along the messages of a ticket, and other keys go on from there", async (t) => {
  const { ids, page } = await setUp(t, 1, 3);
  await page.goto(`/tickets/${ids[0]}`);
  const messages = await page.locator("#timeline article").evaluateAll((all) => all.map((one) => one.id));
  assert.equal(messages.length, 4);

  const step = async (key, at) => {
    await page.keyboard.press(key);
    assert.equal(await focus(page), messages[at], `after ${key}`);
  };
  await step("j", 0);
  await step("j", 1);
  await step("ArrowDown", 2);
  await step("k", 1);
  await step("End", 3);
  await step("j", 3);
  await step("ArrowUp", 2);
  await step("Home", 0);
  await page.keyboard.press("n");
  await focusIs(page, `ticket-${ids[0]}-note`);
  await page.keyboard.press("Escape");
  await focusIs(page, messages[3]);
});

test("single keys are switched off for the person, whatever they sign in on", async (t) => {
  const { demo, ids, browser, agent, page } = await setUp(t, 2);
  await page.goto("/views/open");

  // Dictation: a word, faster than a hand.
  await page.evaluate(() => {
    for (const key of "noted") document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
  const notice = page.locator("#dictation");
  await notice.getByText("That looked like dictation").waitFor();
  await agent.lookEverywhere("dictation");
  await notice.getByRole("button", { name: "Turn single-key shortcuts off" }).click();
  await page.waitForURL("**/views/open");

  const other = await visitor(browser, demo);
  await other.signIn(demo);
  await other.page.goto("/views/open");
  for (const key of ["j", "Shift+T", "Shift+X", "?", "/", "c"]) await other.page.keyboard.press(key);
  assert.equal(await focus(other.page), "body");
  assert.match(other.page.url(), /\/views\/open$/);
  const link = other.page.locator("#rows a").first();
  await link.focus();
  await other.page.keyboard.press("ArrowDown");
  assert.equal(await other.page.evaluate(() => document.activeElement.closest("li").id), `row-${ids[1]}`, "arrows go on");
  await other.page.keyboard.press("Control+k");
  await other.page.getByRole("combobox", { name: "Search or type a command" }).waitFor();
  await other.page.keyboard.press("Escape");

  await other.page.goto("/settings/me");
  await other.page.getByLabel("Single-key shortcuts").selectOption("on");
  await other.page.getByRole("button", { name: "Save" }).click();
  await page.goto("/views/open");
  await page.keyboard.press("j");
  assert.equal(await page.evaluate(() => document.activeElement.closest("li")?.id), `row-${ids[0]}`);
});

test("exact times stay exact, in what is drawn later too", async (t) => {
  const { demo, ids, agent, page } = await setUp(t, 1, 1);
  await page.goto(`/tickets/${ids[0]}`);
  const times = page.locator("#timeline time");
  const exact = /2026, \d\d:\d\d BST$/;
  assert.doesNotMatch(await times.first().textContent(), exact);

  const kept = page.waitForResponse((answer) => answer.url().endsWith("/settings/me/look"));
  await page.keyboard.press("Shift+T");
  await kept;
  for (const text of await times.allTextContents()) assert.match(text, exact);
  await demo.api("PUT", `/api/v2/tickets/${ids[0]}.json`, { ticket: { comment: { body: "Later", public: false } } });
  await page.locator("#timeline").getByText("Later").waitFor();
  for (const text of await times.allTextContents()) assert.match(text, exact);
  await page.reload();
  for (const text of await times.allTextContents()) assert.match(text, exact);
  await agent.look("exact-times");
});

test("a page opened by key begins at its heading", async (t) => {
  const { page } = await setUp(t, 1);
  for (const [key, address] of [["r", "/rota"], ["c", "/reports"], ["b", "/settings/handbook"], ["o", "/settings"], ["n", "/notices"], ["s", "/views/solved"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL(`**${address}`);
    await focusIs(page, "h1");
  }
});

test("a Mac is told its own key", async (t) => {
  const { browser, demo } = await setUp(t, 1);
  const agent = await visitor(browser, demo);
  await agent.page.addInitScript(() => Object.defineProperty(navigator, "platform", { get: () => "MacIntel" }));
  await agent.signIn(demo);
  await agent.page.getByText("⌘ K").waitFor();
  assert.equal(await agent.page.locator("#search").getAttribute("aria-keyshortcuts"), "/ Meta+K");
  await agent.page.keyboard.press("Meta+k");
  await agent.page.getByRole("combobox", { name: "Search or type a command" }).waitFor();
});

test("a form refused for one field leads to the field", async (t) => {
  const { ids, agent, page } = await setUp(t, 1);
  await page.goto(`/tickets/${ids[0]}/merge`);
  await page.locator("#into").evaluate((field) => { field.required = false; });
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await focusIs(page, "form-errors");
  await page.getByRole("heading", { name: "1 thing to mend" }).waitFor();
  agent.forgetRefusal();
  await agent.look("one-error");
  await page.locator(".summary a").click();
  await focusIs(page, "into");
});
