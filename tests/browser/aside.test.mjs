// Tickets that are set aside: merged, split, marked as spam, closed; and the way back, or on.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };

async function ask(demo, subject) {
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject, comment: { body: `About this: ${subject}` } },
  });
  return request.id;
}

async function state(demo, id) {
  const { ticket } = await demo.api("GET", `/api/v2/tickets/${id}.json`);
  return ticket;
}

async function choose(page, action) {
  await page.getByRole("group").filter({ hasText: "More" }).getByText("More").first().click();
  await page.getByRole("link", { name: action }).first().click();
}

// ST-10, SLA-13
test("two tickets become one, and two again", async (t) => {
  const demo = await startDemo(t);
  const first = await ask(demo, "Flags are off");
  const second = await ask(demo, "Flags are still off");
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  const before = await demo.outbox();

  await page.goto(`/tickets/${second}`);
  await choose(page, "Merge…");
  await page.getByLabel("Goes on as").fill(String(second));
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await page.getByText("cannot be merged into itself").first().waitFor();
  agent.forgetRefusal();
  await page.getByLabel("Goes on as").fill(`#${first}`);
  await page.getByRole("button", { name: "Merge", exact: true }).click();

  await page.waitForURL(`**/tickets/${first}`);
  await page.getByText(`Went on here: #${second}`).waitFor();
  await agent.lookEverywhere("merged-target");
  assert.equal((await state(demo, second)).status, "closed");
  await page.getByText(`Went on here: #${second}`).click();
  await page.getByRole("heading", { name: `This ticket goes on as #${first}.` }).waitFor();
  await agent.lookEverywhere("merged-source");
  await page.getByRole("button", { name: "Undo the merge" }).click();
  await page.getByRole("heading", { name: `This ticket goes on as #${first}.` }).waitFor({ state: "detached" });
  assert.equal((await state(demo, second)).status, "open");
  assert.deepEqual(await demo.outbox(), before);
});

// SLA-12, and without script
test("spam is set aside and comes back", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo, "Cheap watches");
  const agent = await visitor(await startBrowser(t), demo, { javaScript: false, width: 375 });
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto(`/tickets/${id}/spam`);
  await page.getByRole("button", { name: "Mark as spam" }).click();
  await page.getByRole("heading", { name: "This ticket is marked as spam." }).waitFor();
  assert.equal((await state(demo, id)).solve_cause, "spam");
  await page.getByRole("button", { name: "Not spam" }).click();

  await page.getByRole("heading", { name: "This ticket is marked as spam." }).waitFor({ state: "detached" });
  assert.equal((await state(demo, id)).status, "open");
});

// ST-06
test("a closed ticket offers a follow-up, by key and on the phone", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo, "Flags are off");
  await demo.api("PUT", `/api/v2/tickets/${id}.json`, { ticket: { status: "solved", comment: { body: "Update to 41.2." } } });
  await demo.clock({ advance: "21d" });
  assert.equal((await state(demo, id)).status, "closed");
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto(`/tickets/${id}`);
  await agent.lookEverywhere("closed");
  await page.setViewportSize({ width: 375, height: 812 });
  const bar = page.getByRole("navigation", { name: "About this ticket" });
  assert.deepEqual(await bar.getByRole("link").allTextContents(), ["Open a follow-up"]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: `Follow-up of #${id}` }).waitFor();
  assert.equal(await page.getByLabel("Customer's e-mail").inputValue(), DANA.email);
  await agent.lookEverywhere("follow-up-form");
  await page.getByLabel("What they ask").fill("They are off again.");
  await page.getByRole("button", { name: "Open the ticket" }).click();

  await page.getByRole("link", { name: `Follow-up of #${id}` }).click();
  await page.getByRole("link", { name: /^Goes on in #/ }).waitFor();
  agent.assertNoComplaints("follow-up");
});
