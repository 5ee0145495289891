// Reports: the whole in one table, one report with its chart, the tickets behind a number, the ledger, and without script.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

test("a number of a report leads to its tickets", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.getByRole("link", { name: "Reports", exact: true }).first().click();
  await page.getByRole("heading", { name: "Reports", exact: true }).waitFor();
  await agent.lookEverywhere("reports");

  await page.getByRole("link", { name: "First reply kept" }).click();
  await page.getByRole("heading", { name: "First reply kept" }).first().waitFor();
  await page.getByRole("img", { name: "First reply kept, by week" }).waitFor();
  await agent.lookEverywhere("report");

  await page.locator('select[name="by"]').selectOption("area");
  await page.locator('select[name="weeks"]').selectOption("26");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/weeks=26&by=area&level=all/);
  const number = page.locator("#report tbody tr").last().getByRole("link").first();
  const kept = Number(await number.innerText());
  await number.click();
  await page.getByRole("heading", { name: `First reply kept: the tickets behind ${kept}` }).waitFor();
  assert.equal(await page.locator("#behind tbody tr").count(), Math.min(kept, 50));
  await agent.lookEverywhere("report-tickets");

  await page.goto("/reports/promises");
  await page.locator('select[name="outcome"]').selectOption("missed");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/outcome=missed/);
  assert.equal(await page.locator(".outcome:not(.outcome-missed)").count(), 0);
  await agent.lookEverywhere("promises");
});

test("a report is read and mailed without script", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo, { javaScript: false });
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/reports/backlog?by=level");
  await page.getByRole("button", { name: "Mail weekly" }).click();
  await page.getByText("You get this report by mail every week, within your hours.").waitFor();
  await page.getByRole("button", { name: "Stop mailing" }).click();
  await page.getByRole("button", { name: "Mail weekly" }).waitFor();
});
