// A hero's work: the queue by keyboard, the next ticket, giving it back, and the week handed over to the next hero.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

/** Looks through the eyes of somebody of the sample company. */
async function seeAs(page, name) {
  await page.goto("/");
  const eyes = page.getByLabel("See it as");
  if (!(await eyes.isVisible())) await page.locator("section.demo summary").first().click();
  const label = await eyes.locator("option").filter({ hasText: name }).first().textContent();
  await eyes.selectOption({ label });
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await page.waitForLoadState();
}

// ROT-06, ROT-11
test("the queue is worked through by keyboard, and what is given back says why", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const bo = await visitor(await startBrowser(t), demo);
  const { page } = bo;
  await seeAs(page, "Bo, hero");
  await page.goto("/views/my-queue");

  const ranks = await page.locator(".row-rank").allTextContents();
  const classes = ranks.map((text) => Number(text.match(/\d+$/)[0]));
  assert.deepEqual(classes, classes.toSorted((one, other) => one - other));
  assert.ok(new Set(classes).size >= 3, `the sample queue has several classes: ${classes}`);
  await bo.lookEverywhere("work-queue");

  await page.keyboard.press("q");
  await page.waitForURL(/\/tickets\/\d+\?list=my-queue$/);
  const first = page.url();
  await page.getByText("Yours until 04:42, taken with Next").waitFor();
  await bo.lookEverywhere("work-taken");
  // From anywhere the key leads back to what one has taken.
  await page.goto("/rota");
  await page.keyboard.press("q");
  await page.waitForURL(first);

  await page.getByRole("link", { name: "Give back…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why").fill("I wrote this code; somebody else should look");
  await bo.look("work-give-back");
  await dialog.getByRole("button", { name: "Give back" }).click();
  await page.waitForURL(/\/views\/my-queue$/);
  await page.keyboard.press("q");
  await page.waitForURL(/\/tickets\/\d+\?list=my-queue$/);
  assert.notEqual(page.url(), first);
  await page.goto(first);
  await page.getByText("Bo gave it back, just now: I wrote this code; somebody else should look").waitFor();
});

// ROT-11, and without script
test("the next ticket is taken and given back without script", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const bo = await visitor(await startBrowser(t), demo, { javaScript: false, width: 375 });
  const { page } = bo;
  await seeAs(page, "Bo, hero");
  await page.goto("/views/my-queue");

  await page.getByRole("main").getByRole("button", { name: "Next ticket" }).click();
  await page.getByText("Yours until 04:42, taken with Next").waitFor();
  await page.getByRole("link", { name: "Give back…" }).click();
  await page.getByLabel("Why").fill(" ");
  await page.getByRole("button", { name: "Give back" }).click();
  await page.getByText("Say why.").first().waitFor();
  bo.forgetRefusal();
  await page.getByLabel("Why").fill("on the phone");
  await page.getByRole("button", { name: "Give back" }).click();
  await page.getByRole("heading", { name: "My queue" }).waitFor();
});

// ROT-07
test("a week is handed over to the next hero", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const bo = await visitor(await startBrowser(t), demo);
  const { page } = bo;
  await seeAs(page, "Bo, hero");
  await page.goto("/views/my-queue");
  await page.getByRole("link", { name: /^Handed over in Session replay from last week/ }).click();
  await page.getByRole("heading", { name: "Handover of Session replay" }).waitFor();
  await bo.lookEverywhere("handover-passed");

  await demo.clock({ set: "2026-06-12T19:30:00Z" });
  await page.goto("/views/my-queue");
  await page.getByRole("link", { name: /^Handover sheet of Session replay: \d+ to hand over by Sun 19:00/ }).click();
  const line = page.locator(".handover > li").first();
  const ticket = (await line.getByRole("heading").textContent()).match(/#\d+/)[0];
  await line.getByLabel("Mark").selectOption("Waiting until…");
  await line.getByRole("button", { name: "Save" }).click();
  await page.getByText("Until: cannot be blank").first().waitFor();
  bo.forgetRefusal();
  await line.getByLabel("Until").fill("2026-06-17");
  await line.getByLabel("A word").fill("They send a recording");
  await line.getByRole("button", { name: "Save" }).click();
  await line.getByText(/^Waits until Wed 17 Jun, by Bo/).waitFor();
  await bo.lookEverywhere("handover-sheet");

  await demo.clock({ set: "2026-06-15T07:30:00Z" });
  const cy = await visitor(await startBrowser(t), demo);
  await seeAs(cy.page, "Cy");
  await cy.page.goto("/views/my-queue");
  await cy.page.getByRole("link", { name: /^Handed over in Session replay from last week/ }).click();
  const row = cy.page.getByRole("row").filter({ hasText: ticket });
  await row.getByText("left, went on to Cy").waitFor();
  const notices = (await demo.outbox()).filter(({ kind, to }) => kind === "handover" && to.includes("cy@acme.test"));
  assert.match(notices.at(-1).text, new RegExp(`${ticket} .*: waits until Wed 17 Jun; They send a recording`));
});
