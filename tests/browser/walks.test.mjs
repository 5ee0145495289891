// Two walks through the real program: a hero clears ten tickets without touching the mouse, and a newcomer sees within
// a minute what this is. Every step is held to its answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

/** Two hands on a keyboard: they count what they press besides prose. */
class Hands {
  keys = 0;

  constructor(page) {
    this.page = page;
  }

  /** Presses one key after the other; with its modifiers a key is one. */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
    this.keys += keys.length;
  }

  /** Types what is looked for: these letters are keys as well. */
  async letters(text) {
    await this.page.keyboard.type(text);
    this.keys += text.length;
  }

  /** Types what a customer or a colleague reads. */
  async prose(text) {
    await this.page.keyboard.type(text);
  }

  /** Opens the bar, and chooses what fits a few letters. */
  async choose(key, letters, expected) {
    await this.press(key);
    await this.page.getByRole("combobox", { name: "Search or type a command" }).waitFor();
    await this.letters(letters);
    await this.page.locator("[role=option][aria-selected=true]", { hasText: expected }).waitFor();
    await this.press("Enter");
  }
}

/** What has the focus, once it is what is asked for. */
const focused = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
const at = (page, id) => page.waitForURL(new RegExp(`/tickets/${id}(\\?|$)`));
/** Waits for what a page says, and until the page is there with its script. */
const said = async (page, locator) => {
  await locator.waitFor();
  await page.waitForLoadState();
};
const bodyOf = (page, id, kind = "reply") => page.locator(`#ticket-${id}-${kind}`);

test("ten tickets by keyboard", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const bo = await visitor(await startBrowser(t), demo);
  const { page } = bo;
  await page.context().addInitScript(() => {
    const complain = ({ type, isTrusted }) => isTrusted && console.error(`a ${type} in a walk by keyboard`);
    for (const type of ["pointerdown", "wheel", "touchstart"]) addEventListener(type, complain, true);
  });
  const hands = new Hands(page);
  const shown = async (id) => (await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket;
  const isSolved = async (id, cause) => {
    const { status, solve_cause: said } = await shown(id);
    assert.deepEqual([status, said], ["solved", cause]);
  };
  await page.goto(demo.links[0]);
  await page.waitForURL((url) => url.pathname === "/");

  // 1. The top of the queue, leased.
  await hands.press("g", "q");
  await page.waitForURL(/\/views\/my-queue$/);
  await focused(page, "h1");
  const ids = await page.locator("#rows > li").evaluateAll((rows) => rows.map((row) => Number(row.id.slice(4))));
  assert.equal(ids.length, 10);
  const [first, known, bug, duplicate, foreign, late, junk, ...rest] = ids;
  await hands.press("q");
  await at(page, first);
  await page.getByText(/^Yours until \d\d:\d\d, taken with Next$/).waitFor();
  await focused(page, "#timeline article");
  const message = await page.evaluate(() => document.activeElement.id);
  await hands.press("y");
  await focused(page, "summary[data-key=y]");
  await page.locator("details:focus-within").getByText("High because: in trial").waitFor();
  await hands.press("y");
  await focused(page, `#${message}`);
  await hands.press("r");
  await focused(page, `#ticket-${first}-reply`);
  await hands.prose("Recordings are whole again in 41.2, please update.");
  await hands.press("Control+Shift+Enter");
  await at(page, known);
  await focused(page, "#timeline li:has(article) article");
  await isSolved(first, "answered");
  const sent = await demo.lastDelivery("reply", first);
  assert.match(sent.text, /whole again in 41\.2/);

  // 2. A known question.
  await hands.choose("m", "mask", "Mask a field");
  await page.waitForURL(/macro=\d+/);
  await focused(page, `#ticket-${known}-reply`);
  assert.match(await bodyOf(page, known).inputValue(), /^Hi Noor,\n\ngive the element the class `no-capture`/);
  await hands.press("Control+Home", "End", "Control+Shift+ArrowLeft");
  await hands.prose("you,");
  await hands.press("Control+Enter");
  await at(page, bug);
  assert.equal((await shown(known)).status, "pending");


  // 3. A bug in another product.
  await hands.choose("e", "fla", "Feature flags");
  const dialog = page.getByRole("dialog");
  await focused(page, "dialog textarea");
  assert.equal(await dialog.getByLabel("To the team", { exact: true }).evaluate((select) => select.selectedOptions[0].textContent), "Feature flags");
  await hands.prose("The page is white once a flag is read.\nTried: without flags it is recorded.\nExpected: why.");
  await hands.press("Control+Enter");
  await dialog.waitFor({ state: "hidden" });
  await said(page, page.locator("#timeline").getByText("Escalated to Feature flags"));

  // 4. A duplicate.
  await hands.press("q");
  await at(page, duplicate);
  await hands.choose("Control+k", "merge", "Merge…");
  await focused(page, "dialog #into");
  await hands.letters(String(rest.at(-1)));
  await hands.press("Enter");
  await at(page, rest.at(-1));
  assert.equal((await shown(duplicate)).status, "closed");

  // 5. Not ours.
  await hands.press("q");
  await at(page, foreign);
  await hands.choose("t", "sup", "Support");
  await said(page, page.getByText("1 ticket moved."));

  // 6. The customer of the first writes "Thanks, works!": it is on top of the queue again, and the cause is preset.
  await demo.receive({
    from: sent.to[0],
    to: sent.headers["Reply-To"],
    subject: `Re: ${sent.subject}`,
    inReplyTo: sent.headers["Message-ID"],
    text: "Thanks, works!",
  });
  await hands.press("q");
  await at(page, first);
  await focused(page, "#new-since + li article");
  await hands.choose("s", "so", "Solved, confirmed by the customer");
  await said(page, page.getByText("1 ticket solved."));
  await isSolved(first, "confirmed");

  // 7. The next one needs two weeks: the day, and the sentence stands ready.
  await at(page, late);
  await hands.choose("s", "ho", "On hold…");
  await focused(page, "dialog #until");
  await hands.press("ArrowRight");
  await hands.letters("22");
  assert.match(await dialog.getByLabel("Reply to Remy").inputValue(), /^We need more time for this\. You will hear from us by/);
  await bo.look("walk-hold");
  await hands.press("Control+Enter");
  await said(page, page.locator(`#ticket-${late}-state`).getByText("On hold"));
  assert.equal((await shown(late)).status, "hold");
  assert.match((await demo.lastDelivery("reply", late)).text, /You will hear from us by Mon 22 Jun\./);

  // 8. Spam.
  await hands.press("q");
  await at(page, junk);
  await hands.choose("Control+k", "spam", "Spam…");
  await said(page, page.getByText("1 ticket marked as spam."));

  // 9. and 10. Two at once from the list, and back again, and for good.
  await hands.press("u");
  await page.waitForURL(/\/views\/my-queue/);
  const left = await page.locator("#rows > li").evaluateAll((rows) => rows.map((row) => Number(row.id.slice(4))));
  assert.deepEqual(left.toSorted(), rest.toSorted());
  await focused(page, "#rows > li:first-child a");
  await hands.press("x", "j", "x");
  await page.getByText("2 selected").waitFor();
  await hands.choose("s", "so", "Solved");
  await page.getByText("2 tickets solved.").waitFor();
  for (const id of left.slice(0, 2)) await isSolved(id, "no_reply_needed");
  await hands.press("z");
  await page.getByText("Undone: 2 tickets are as they were.").waitFor();
  for (const id of left.slice(0, 2)) assert.match((await shown(id)).status, /new|open/);

  t.diagnostic(`${hands.keys} keys besides the prose`);
  assert.ok(hands.keys <= 100, `${hands.keys} keys besides the prose`);
  await bo.look("walk-ten-tickets");
});

test("the first minute of a newcomer", async (t) => {
  const demo = await startDemo(t, { sample: true, running: true });
  const newcomer = await visitor(await startBrowser(t), demo);
  const { page } = newcomer;

  // 1. The link opens the hero's queue: what is over stands on top, and the bar says that nothing leaves.
  await page.goto(demo.links[0]);
  await page.getByRole("heading", { level: 1, name: "My queue" }).waitFor();
  const rows = page.locator("#rows > li");
  assert.equal(await rows.count(), 10);
  await rows.first().getByText(/^\d+ h \d+ m over$/).waitFor();
  const bar = page.getByRole("region", { name: "Demo" });
  await bar.getByText("nothing leaves this machine").waitFor();
  await bar.getByText("Mon 8 Jun 2026, 04:12 EDT, running").waitFor();
  await newcomer.lookEverywhere("walk-newcomer-queue");

  // 2. Why it is high, and the way its deadline came about.
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/\d+/);
  const id = Number(new URL(page.url()).pathname.split("/").at(-1));
  const aside = page.locator(".aside");
  await aside.getByText("High because: in trial").waitFor();
  const walk = await aside.getByRole("table").innerText();
  assert.match(walk, /Fri 16:12–24:00\s+counts 7 h 4[78] m\s+Sat, Sun, weekend\s+☾? ?skipped/);
  assert.match(walk, /due\s+Mon 8 Jun, 04:12 BST/);

  // 3. The answer: it can be undone, the clock tells the truth, and what comes by itself is said.
  await page.keyboard.press("r");
  await page.keyboard.type("Fixed in 41.2");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL((url) => !url.pathname.endsWith(`/${id}`));
  await page.getByText(new RegExp(`#${id}: the reply to Noor leaves in \\d+ s`)).waitFor();
  await page.getByRole("button", { name: "Undo" }).first().waitFor();
  await newcomer.look("walk-newcomer-leaves");
  await page.goBack();
  await page.waitForURL(new RegExp(`/tickets/${id}`));
  const state = page.locator(`#ticket-${id}-state`);
  await state.getByText("Pending").waitFor();
  await state.getByText("Solves Mon 15 Jun").waitFor();
  await page.reload();
  await page.locator(".aside").getByText(/^First reply in 12h: missed by 5 h \d m$/).waitFor();
  await newcomer.look("walk-newcomer-answered");

  // 4. The clock jumps to what is due next: another ticket is over, and the team was told.
  const breaches = async () => (await demo.outbox()).filter(({ kind }) => kind === "breach").length;
  const before = await breaches();
  await page.goto("/views/my-queue");
  const over = await rows.getByText(/ over$/).count();
  const due = page.getByRole("button", { name: /^Next due/ });
  for (let jump = 0; jump < 20 && (await rows.getByText(/ over$/).count()) === over; jump += 1) {
    await Promise.all([page.waitForEvent("load"), due.click()]);
  }
  assert.equal(await rows.getByText(/ over$/).count(), over + 1);
  assert.ok((await breaches()) > before, "the breach was told");
  await page.getByRole("link", { name: /^Outbox/ }).click();
  await page.getByRole("link", { name: /^slack/ }).click();
  await page.getByText("#support-replay").first().waitFor();
  await newcomer.look("walk-newcomer-outbox");

  // 5. What the customer sees of it: the reply, what she was told, and no word of what is internal.
  await page.goto(`/tickets/${id}`);
  await page.getByLabel("See it as").selectOption({ label: "Noor Example, a customer" });
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await page.waitForURL(`**/requests/${id}`);
  const seen = await page.getByRole("main").innerText();
  assert.match(seen, /Fixed in 41\.2/);
  assert.match(seen, /We said:/);
  assert.doesNotMatch(seen, /internal|priority|high because|over/i);
  await newcomer.lookEverywhere("walk-newcomer-as-customer");

  // 6. Back at the desk three presses go to what comes by itself; each names its rule.
  await page.goto(demo.links[0]);
  await page.goto(`/tickets/${id}`);
  const coming = [
    ["Sat", "Reminded the customer · by rule: reminder"],
    ["Mon", "Pending → Solved: no word for some days · by rule: auto-solve"],
    ["Thu", "Asked the customer how the help was · by rule: survey"],
  ];
  for (const [day, words] of coming) {
    const there = page.getByRole("button", { name: new RegExp(`^Next here ${day} `) });
    await Promise.all([page.waitForEvent("load"), there.click()]);
    const last = await page.locator("#timeline > li").last().locator("li").last().textContent();
    assert.ok(last.includes(words), last);
  }
  await page.locator("#timeline > li").last().locator("summary").click();
  await newcomer.lookEverywhere("walk-newcomer-end");
});

test("the tour leads through the first minute", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const newcomer = await visitor(await startBrowser(t), demo);
  const { page } = newcomer;
  await page.goto(demo.links[0]);
  const step = async (n) => {
    await page.locator("#demo-tour > summary").click();
    if (n === 1) await newcomer.look("tour");
    await page.locator("#demo-tour li").nth(n - 1).getByRole("button").click();
  };

  await step(1);
  await page.waitForURL("**/views/my-queue");
  const top = await page.locator("h2 a").first().getAttribute("href");
  const id = /\d+/.exec(top)[0];
  await step(2);
  await page.waitForURL(`**/tickets/${id}`);
  await step(3);
  await page.waitForURL(`**/tickets/${id}#composer`);
  await page.locator(`#ticket-${id}-reply`).fill("Fixed in 41.2.");
  await page.getByRole("button", { name: /^Send to/ }).click();
  await page.getByText("Fixed in 41.2.").waitFor();
  await step(4);
  await page.waitForURL("**/demo/outbox");
  await step(5);
  await page.waitForURL(`**/requests/${id}`);
  await page.getByText("Fixed in 41.2.").waitFor();
  await step(6);
  await page.waitForURL(`**/tickets/${id}#coming`);
  await page.getByRole("button", { name: /is reminded$/ }).click();
  await page.getByRole("button", { name: /It solves itself$/ }).click();
  await page.getByText("Solved", { exact: true }).first().waitFor();
  await newcomer.look("tour-end");
});
