// The rota's pages: who holds, one's own absence with what is proposed, and a change that is refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

test("the rota is read, and a change that cannot be says why", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.getByRole("link", { name: "Rota", exact: true }).first().click();
  await page.getByRole("heading", { name: "Rota", exact: true }).waitFor();
  await agent.lookEverywhere("rota");

  await page.getByRole("link", { name: "Session replay", exact: true }).first().click();
  await page.getByRole("heading", { name: "Rota of Session replay" }).waitFor();
  await agent.lookEverywhere("rota-team");

  await page.locator("#give-from").fill("2026-01-02T13:00");
  await page.locator("#give-to").fill("2026-01-02T12:00");
  await page.getByRole("button", { name: "Override" }).click();
  await page.getByText("To: is not after From").first().waitFor();
  assert.equal(await page.locator("#give-from").inputValue(), "2026-01-02T13:00");
});
