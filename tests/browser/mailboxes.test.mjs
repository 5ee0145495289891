// How mail comes in, as an admin reads it.

import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

test("an admin sees where every message of a mailbox went", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const admin = await visitor(await startBrowser(t), demo);
  await admin.signIn(demo);
  const { page } = admin;

  await page.getByRole("link", { name: "Incoming mail", exact: true }).first().click();
  await page.getByRole("heading", { name: "Incoming mail" }).waitFor();
  const row = page.locator("#mail-days tbody tr").first();
  await row.getByText("support").waitFor();
  await admin.lookEverywhere("mail");
});
