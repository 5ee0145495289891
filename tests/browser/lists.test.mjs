// Working in a list: selecting, setting many at once, taking it back, news that come in, and the way to a ticket and back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

/** Opens tickets, newest last, and gives their numbers. */
async function furnish(demo, count) {
  const ids = [];
  for (let n = 1; n <= count; n += 1) {
    const ticket = { subject: `Question ${n}`, comment: { body: "How?" }, requester: { name: "Kim", email: "kim@tallow.test" } };
    ids.push((await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket.id);
  }
  return ids;
}

const row = (page, id) => page.locator(`#row-${id}`);
const bar = (page) => page.getByRole("combobox", { name: "Search or type a command" });

/** Opens the bar by a key and chooses what fits what is typed. */
async function choose(page, key, typed, expected) {
  await page.keyboard.press(key);
  await bar(page).waitFor();
  await page.keyboard.type(typed);
  await page.locator("[role=option][aria-selected=true]", { hasText: expected }).waitFor();
  await page.keyboard.press("Enter");
}

async function setUp(t, count, options) {
  const demo = await startDemo(t);
  const ids = await furnish(demo, count);
  const agent = await visitor(await startBrowser(t), demo, options);
  await agent.signIn(demo);
  await agent.page.goto("/views/open");
  return { demo, ids, agent, page: agent.page };
}

test("rows are selected, solved together and brought back by keyboard", async (t) => {
  const { ids, agent, page } = await setUp(t, 4);
  const shown = await page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id.slice(4)));

  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByText("2 selected").waitFor();
  await agent.lookEverywhere("list-selected");
  await choose(page, "s", "so", "Solved");

  await page.getByText("2 tickets solved.").waitFor();
  for (const id of shown.slice(0, 2)) await row(page, id).getByText("solved by you").waitFor();
  const after = await page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id.slice(4)));
  assert.deepEqual(after, shown, "no row moved");
  assert.equal(await page.evaluate(() => document.activeElement.closest("li").id), `row-${shown[0]}`);
  await agent.look("list-solved");

  await page.keyboard.press("z");
  await page.getByText("Undone: 2 tickets are as they were.").waitFor();
  assert.equal(await page.locator("#rows > li").count(), ids.length);
  await page.keyboard.press("z");
  await page.getByText("There is nothing to undo").waitFor();
});

test("the row in focus is set by the same bar, and what cannot be chosen says why", async (t) => {
  const { demo, agent, page } = await setUp(t, 2);

  await page.keyboard.press("j");
  const id = await page.evaluate(() => document.activeElement.closest("li").id.slice(4));
  await page.keyboard.press("s");
  await page.getByRole("option", { name: /^Solved, / }).waitFor();
  await agent.lookEverywhere("bar-status");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.closest("li").id), `row-${id}`);

  await choose(page, "t", "rep", "Session replay");
  await page.getByText("1 ticket moved.").waitFor();
  await choose(page, "l", "beta", "Add beta");
  await page.getByText("Tags of 1 ticket changed.").waitFor();
  await choose(page, "a", "nob", "Nobody");
  await page.getByText("Nothing changed.").waitFor();
  const { ticket } = await demo.api("GET", `/api/v2/tickets/${id}.json`);
  assert.deepEqual(ticket.tags, ["beta"]);

  // What takes more words leads to its form, with what was chosen filled in.
  await choose(page, "p", "hi", "High");
  const dialog = page.locator("#dialog");
  await dialog.getByLabel("Why").fill("they show it to a customer today");
  await page.keyboard.press("Control+Enter");
  await dialog.waitFor({ state: "hidden" });
  await page.waitForFunction((one) => document.getElementById(one).innerText.includes("High"), `row-${id}`);
  await page.waitForFunction((link) => document.activeElement.id === link, `row-${id}-link`);
  assert.equal((await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket.priority, "high");
});

test("news come in at their places and move nothing", async (t) => {
  const { demo, ids, agent, page } = await setUp(t, 3);
  const places = async () => page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id));
  const before = await places();
  await page.mouse.move(5, 5);

  await demo.api("PUT", `/api/v2/tickets/${ids[1]}.json`, { ticket: { status: "solved" } });
  await row(page, ids[1]).getByText(/^solved by /).waitFor();
  await furnish(demo, 1);
  await page.getByText("1 new, 0 moved").waitFor();

  assert.deepEqual(await places(), before);
  await agent.lookEverywhere("list-news");
  await page.keyboard.press(".");
  await page.waitForFunction((count) => document.querySelectorAll("#rows > li").length === count, 3);
  await page.waitForFunction((id) => !document.getElementById(id), `row-${ids[1]}`);
});

test("one goes from ticket to ticket and back to its row", async (t) => {
  const { agent, page } = await setUp(t, 3);
  const shown = await page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id.slice(4)));

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/tickets/${shown[0]}*`);
  await page.keyboard.press("Shift+J");
  await page.waitForURL(`**/tickets/${shown[1]}*`);
  await page.keyboard.press("Shift+J");
  await page.waitForURL(`**/tickets/${shown[2]}*`);
  await page.keyboard.press("Shift+K");
  await page.waitForURL(`**/tickets/${shown[1]}*`);
  await page.keyboard.press("u");
  await page.waitForURL("**/views/open*");
  await page.waitForFunction((id) => document.activeElement.closest("li")?.id === id, `row-${shown[1]}`);

  // The browser's own way back leads to the row as well.
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/tickets/${shown[2]}*`);
  await page.goBack();
  await page.waitForFunction((id) => document.activeElement.closest("li")?.id === id, `row-${shown[2]}`);

  // The last tickets stand in the empty bar, below what the page offers.
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: new RegExp(`#${shown[2]}`) }).waitFor();
  await agent.lookEverywhere("bar-empty");
});

test("what is solved gives way to the next ticket of a filtered list", async (t) => {
  const { agent, page } = await setUp(t, 4);
  await page.goto("/views/open?q=status:new");
  const shown = await page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => one.id.slice(4)));

  for (const key of ["j", "j", "Enter"]) await page.keyboard.press(key);
  await page.waitForURL(`**/tickets/${shown[1]}?*`);
  await page.getByText("To do, 2 of 4").waitFor();
  await choose(page, "s", "so", "Solved");
  await page.waitForURL(`**/tickets/${shown[2]}?*`);
  await page.getByText("1 ticket solved.").waitFor();
  await page.getByText("To do, 2 of 3").waitFor();
  await agent.lookEverywhere("ticket-of-list");
  await page.keyboard.press("Shift+K");
  await page.waitForURL(`**/tickets/${shown[0]}?*`);
  await page.goto(`/tickets/${shown[2]}?list=open&q=status%3Anew`);

  // Answered, solved in one key: the next one, until the list is empty.
  for (const next of [`**/tickets/${shown[3]}?*`, `**/tickets/${shown[0]}?*`, "**/views/open?q=status*"]) {
    await page.keyboard.press("r");
    await page.keyboard.type("It is mended.");
    await page.keyboard.press("Control+Shift+Enter");
    await page.waitForURL(next);
  }
  await page.getByText("No ticket fits this query now.").waitFor();
});

test("all of a long list is set, whatever its page shows, and a macro is sent to a selection", async (t) => {
  const { demo, ids, agent, page } = await setUp(t, 54);
  const actions = [{ field: "comment_value", value: "Hi {{ticket.requester.first_name}}, it is mended." }, { field: "comment_mode_is_public", value: "true" }, { field: "status", value: "pending" }];
  await demo.api("POST", "/api/v2/macros.json", { macro: { title: "Mended", actions } });
  await page.reload();

  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByText("2 selected").waitFor();
  await choose(page, "m", "mend", "Mended");
  const dialog = page.locator("#dialog");
  await dialog.getByText("it is mended.").waitFor();
  await agent.lookEverywhere("bulk-macro");
  await dialog.getByRole("button", { name: "Send to 2 tickets" }).click();
  await page.getByText("Macro used on 2 tickets.").waitFor();

  // From the bar, for a checkbox takes more keys; one row less is not all any more.
  await page.getByText("All 52 of this list").waitFor({ state: "attached" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("all of this");
  await page.locator("[role=option][aria-selected=true]", { hasText: "All 52 of this list" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("52 selected").waitFor();
  await agent.lookEverywhere("list-all-selected");
  await page.locator("#rows input").first().uncheck();
  await page.getByText("49 selected").waitFor();
  assert.equal(await page.getByLabel("All 52 of this list").isChecked(), false);
  await page.getByLabel("All 52 of this list").check();
  await choose(page, "s", "so", "Solved");
  await page.getByText("52 tickets solved.").waitFor();
  await page.getByText("Nothing waits").waitFor();
  await page.keyboard.press("z");
  await page.getByText("Undone: 52 tickets are as they were.").waitFor();
  assert.equal((await demo.api("GET", `/api/v2/tickets/${ids[53]}.json`)).ticket.status, "new");
});

test("many are set without script, and taken back", async (t) => {
  const { demo, page, ids, agent } = await setUp(t, 3, { javaScript: false, width: 375 });

  await page.getByLabel(`Select #${ids[0]}`).check();
  await page.getByLabel(`Select #${ids[2]}`).check();
  await page.getByRole("button", { name: "Status…" }).click();
  await page.getByRole("heading", { name: "Set the status of 2 tickets" }).waitFor();
  await page.getByRole("button", { name: "Change 2 tickets" }).click();
  await page.locator("p.error").waitFor();
  agent.forgetRefusal();
  await page.getByLabel("Pending").check();
  await page.getByRole("button", { name: "Change 2 tickets" }).click();
  await page.getByText("2 tickets set to Pending.").waitFor();
  assert.equal((await demo.api("GET", `/api/v2/tickets/${ids[2]}.json`)).ticket.status, "pending");

  await page.locator("#notices").getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone: 2 tickets are as they were.").waitFor();
  assert.equal((await demo.api("GET", `/api/v2/tickets/${ids[2]}.json`)).ticket.status, "new");
});

test("letters wait for a button, and dictation presses none", async (t) => {
  const { agent, page } = await setUp(t, 1);

  await page.keyboard.press("g");
  await page.locator(".chord").getByText("Pending").waitFor();
  await agent.look("list-chord");
  await page.keyboard.press("p");
  await page.waitForURL("**/views/pending");
  await page.goBack();

  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "All keys" }).waitFor();
  await agent.lookEverywhere("keys");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });

  await page.evaluate(() => {
    for (const key of ["a", "s", "l", "t"]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
  await page.getByText("That looked like dictation").waitFor();
  await page.waitForTimeout(100);
  assert.equal(await page.locator("dialog[open]").count(), 0);

  await page.keyboard.press("?");
  await Promise.all([page.waitForEvent("load"), sheet.getByRole("button", { name: "Turn single-key shortcuts off" }).click()]);
  await page.goto("/views/open");
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.waitForTimeout(100);
  assert.match(page.url(), /views\/open$/);
  // The bar lists everything all the same.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pend");
  await page.locator("[role=option][aria-selected=true]", { hasText: "Pending" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/views/pending");
});

test("a page one has is not sent again, and a long list is light", async (t) => {
  const { demo, page, agent } = await setUp(t, 55);
  const size = async (path, headers) => {
    const answer = await page.request.get(path, { headers: { "accept-encoding": "gzip", ...headers } });
    return { status: answer.status(), etag: answer.headers().etag, bytes: Number(answer.headers()["content-length"] ?? (await answer.sizes?.())?.responseBodySize) };
  };
  const sizes = [];
  page.on("requestfinished", async (request) => {
    const { responseBodySize } = await request.sizes();
    sizes.push({ url: new URL(request.url()).pathname, bytes: responseBodySize });
  });
  await page.reload();
  await page.waitForTimeout(300);
  const html = sizes.find((one) => one.url === "/views/open");
  assert.ok(html.bytes <= 12_000, `the page of 50 rows has ${html.bytes} bytes`);

  const first = await size("/views/open");
  const again = await size("/views/open", { "if-none-match": first.etag });
  assert.equal(again.status, 304);
  await furnish(demo, 1);
  assert.equal((await size("/views/open", { "if-none-match": first.etag })).status, 200);
  agent.assertNoComplaints("a long list");
});

test("what others wrote is new until one has looked", async (t) => {
  const { demo, ids, agent, page } = await setUp(t, 2);
  const isNew = (id) => row(page, id).getByText("new", { exact: true });
  await isNew(ids[0]).waitFor();
  assert.equal(await row(page, ids[0]).locator("h2").evaluate((one) => getComputedStyle(one).fontWeight), "650");
  await agent.lookEverywhere("list-unread");

  const read = page.waitForResponse((answer) => answer.url().endsWith(`/tickets/${ids[0]}/seen`));
  await row(page, ids[0]).locator("h2 a").click();
  await read;
  await page.goBack();
  await isNew(ids[0]).waitFor({ state: "detached" });
  await isNew(ids[1]).waitFor();
  await demo.receive({ from: "Kim <kim@tallow.test>", to: "support@acme.test", subject: "Re: Question 1", text: "?" });
  await demo.api("PUT", `/api/v2/tickets/${ids[0]}.json`, { ticket: { comment: { body: "By the admin", public: false } } });
  await page.reload();
  assert.equal(await isNew(ids[0]).count(), 0, "one's own words are not new");
});

test("Show begins at the first new row", async (t) => {
  const { demo, page } = await setUp(t, 2);
  const [id] = await furnish(demo, 1);
  await page.getByText("1 new, 0 moved").waitFor();
  await page.keyboard.press(".");
  await page.waitForFunction((one) => document.activeElement.id === `row-${one}-link`, id);
});

test("an order and filters are chosen at once, kept by pages, news and the way along", async (t) => {
  const { demo, ids, agent, page } = await setUp(t, 3);
  const shown = () => page.locator("#rows > li").evaluateAll((rows) => rows.map((one) => Number(one.id.slice(4))));

  const order = page.getByLabel("Order", { exact: true });
  await order.selectOption("newest");
  await page.waitForURL("**/views/open?q=&order=newest");
  assert.deepEqual(await shown(), ids.toReversed());
  assert.equal(await page.evaluate(() => document.activeElement.id), "filter-order", "the focus stays");
  await agent.lookEverywhere("list-order");
  await page.getByLabel("Status", { exact: true }).selectOption("new");
  await page.waitForURL("**/views/open?q=status%3Anew&order=newest");
  await page.getByText("3 tickets").first().waitFor();

  const [later] = await furnish(demo, 1);
  await page.getByText("1 new, 3 moved").or(page.getByText("1 new, 0 moved")).waitFor();
  await page.keyboard.press("Tab");
  await page.locator("#list-show").click();
  await row(page, later).waitFor();
  assert.deepEqual(await shown(), [later, ...ids.toReversed()]);
  await row(page, ids[2]).locator("h2 a").click();
  await page.getByText("To do, 2 of 4").waitFor();
  await page.keyboard.press("Shift+J");
  await page.waitForURL(`**/tickets/${ids[1]}?*order=newest*`);
  await page.keyboard.press("u");
  await page.waitForURL("**/views/open?q=status%3Anew&order=newest*");
  await page.getByLabel("Team", { exact: true }).selectOption({ index: 2 });
  await page.waitForURL("**team*");
});

test("without script the filters have a button", async (t) => {
  const demo = await startDemo(t);
  const ids = await furnish(demo, 2);
  const agent = await visitor(await startBrowser(t), demo, { javaScript: false });
  await agent.signIn(demo);
  await agent.page.goto("/views/open");
  await agent.page.getByLabel("Order", { exact: true }).selectOption("newest");
  await agent.page.getByRole("button", { name: "Filter", exact: true }).click();
  await agent.page.waitForURL("**/views/open?q=&order=newest");
  assert.equal(await agent.page.locator("#rows > li").first().getAttribute("id"), `row-${ids[1]}`);
});

test("what has a key can be pressed for what is selected", async (t) => {
  const { ids, agent, page } = await setUp(t, 2);
  await row(page, ids[0]).getByRole("checkbox").check();
  await page.locator("#bulk-more > summary").click();
  await agent.look("list-more");
  await page.locator("#bulk-more").getByRole("button", { name: "Assign to me" }).click();
  await page.getByText("1 ticket assigned.").waitFor();
  await row(page, ids[1]).getByRole("checkbox").check();
  await page.locator("#bulk-more > summary").click();
  await page.locator("#bulk-more").getByRole("button", { name: "Snooze…" }).click();
  await page.locator("#dialog #dialog-heading").waitFor();
});
