// Finding things: while typing, on the page, and in lists that are filtered, kept and shared.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const TEXTS = [
  ["Flags fall back to default on Safari", "Since the update every flag is off on Safari 19."],
  ["東京都のフラグが消えた", "今朝から東京都の利用者だけフラグが表示されません。"],
  ["مرحبا، الرسم فارغ", "الرسم البياني فارغ منذ الصباح."],
  ["Rollout stuck at 50 %", "The flag rollout does not go on."],
];

async function furnish(demo) {
  const ids = [];
  for (const [subject, body] of TEXTS) {
    const ticket = {
      requester: { name: "Dana Reyes", email: "dana@fernlight.test" },
      subject,
      comment: { body },
      tags: ids.length % 2 ? ["beta"] : ["vip"],
    };
    ids.push((await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket.id);
  }
  const note = { comment: { body: "Same as the *storage* bug: flag it.", public: false } };
  await demo.api("PUT", `/api/v2/tickets/${ids[3]}.json`, { ticket: note });
  return ids;
}

test("what one types is found at once, by keyboard alone", async (t) => {
  const demo = await startDemo(t);
  const ids = await furnish(demo);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto("/views/open");

  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Search or type a command" });
  await box.waitFor();
  await page.keyboard.type("rollout");
  await page.getByRole("option", { name: /Rollout stuck/ }).first().waitFor();
  await agent.lookEverywhere("bar");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/tickets/${ids[3]}`);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("pend");
  await page.locator("#bar").getByRole("option", { name: /^Pending/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/views/pending");

  await page.keyboard.press("/");
  await page.keyboard.type("フラグ");
  await page.getByRole("option", { name: /東京都/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=*");
  await page.locator("mark", { hasText: "フラグ" }).first().waitFor();
});

test("the page shows why something was found, and changes while one types", async (t) => {
  const demo = await startDemo(t);
  const ids = await furnish(demo);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/search?q=flag");
  await page.getByRole("region", { name: /Tickets/ }).getByRole("link", { name: /Flags fall back/ }).waitFor();
  const comments = page.getByRole("region", { name: "Comments" });
  await comments.getByText("Internal note").waitFor();
  await agent.lookEverywhere("search");

  await page.getByRole("searchbox", { name: "Search" }).fill("storage");
  await page.locator("mark", { hasText: "storage" }).first().waitFor();
  assert.match(page.url(), /q=storage/);
  await page.getByRole("searchbox", { name: "Search" }).fill("zeppelin team:flags");
  await page.getByRole("heading", { name: /Nothing found for “zeppelin/ }).waitFor();
  await agent.lookEverywhere("search-empty");
  await page.getByRole("searchbox", { name: "Search" }).fill("colour:red الرسم");
  await page.getByText("there is no such property").waitFor();
  await page.goto(`/search?q=%23${ids[0]}`);
  await page.waitForURL(`**/tickets/${ids[0]}`);
});

test("a list is filtered, kept, and given to somebody else", async (t) => {
  const demo = await startDemo(t);
  const ids = await furnish(demo);
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/views/open");
  await page.keyboard.press("f");
  await page.keyboard.type("tags:vip");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/views/open?q=tags*");
  await page.getByRole("combobox", { name: "Status" }).selectOption("new");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.waitForURL("**/views/open?q=*status*");
  await page.getByRole("link", { name: "Take out status:new" }).waitFor();
  await agent.lookEverywhere("list-filtered");
  await page.getByRole("link", { name: "Take out status:new" }).click();
  await page.getByRole("link", { name: "Save view" }).click();
  await page.getByLabel("Name").fill("VIPs");
  await agent.lookEverywhere("view-new");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.waitForURL("**/views/vips");
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /VIPs/ }).waitFor();
  await agent.lookEverywhere("view-kept");
  assert.equal(await page.locator("#rows > li").count(), 2);

  // A ticket that comes in shows at the edge, and moves nothing.
  const ticket = { subject: "One more", comment: { body: "?" }, tags: ["vip"], requester: { name: "Kim", email: "kim@tallow.test" } };
  await demo.api("POST", "/api/v2/tickets.json", { ticket });
  await page.getByText("1 new, 0 moved").waitFor();
  assert.equal(await page.locator("#rows > li").count(), 2);
  await page.getByRole("link", { name: "Show", exact: true }).click();
  await page.locator("#rows > li").nth(2).waitFor();
  assert.ok(ids.length);
});

test("all of it works without script", async (t) => {
  const demo = await startDemo(t);
  const ids = await furnish(demo);
  const agent = await visitor(await startBrowser(t), demo, { javaScript: false });
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/views/open");
  await page.getByRole("searchbox", { name: "Search" }).fill("safari");
  await page.getByRole("searchbox", { name: "Search" }).press("Enter");
  await page.getByRole("link", { name: /^#1 Flags fall back/ }).click();
  await page.waitForURL(`**/tickets/${ids[0]}`);
  await page.goto("/views/open");
  await page.getByLabel("Query").fill("tags:beta");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("link", { name: "Save view" }).click();
  await page.getByLabel("Name").fill("Beta");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.waitForURL("**/views/beta");
  await page.getByRole("link", { name: "Edit view" }).click();
  await page.getByRole("button", { name: "Delete view" }).click();
  await page.waitForURL("**/views/all");
});

test("what was found is one list along which one walks, and people lead to their pages", async (t) => {
  const demo = await startDemo(t);
  await furnish(demo);
  const ticket = { requester: { name: "Kim", email: "kim@tallow.test" }, subject: "As Dana asked", comment: { body: "How?" } };
  await demo.api("POST", "/api/v2/tickets.json", { ticket });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto("/search?q=dana");
  await page.getByRole("region", { name: /People/ }).getByRole("link", { name: /Dana/ }).waitFor();
  const rows = await page.locator("#found li[id]").evaluateAll((all) => all.map((one) => one.id));
  assert.ok(rows.some((id) => id.startsWith("found-ticket")) && rows.some((id) => id.startsWith("found-person")));
  for (const id of rows) {
    await page.keyboard.press("j");
    assert.equal(await page.evaluate(() => document.activeElement.closest("li").id), id);
  }
  await page.keyboard.press("o");
  await page.waitForURL(/\/(people|organizations)\/\d+$/);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("storage");
  await page.getByRole("group", { name: "Comments" }).getByRole("option").first().waitFor();
  await agent.lookEverywhere("bar-groups");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("esc");
  await page.getByRole("option", { name: /^Escalated, 0 tickets/ }).waitFor();
  await page.getByRole("link", { name: /^Triage \d/ }).waitFor();
});
