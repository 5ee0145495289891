// The handbook's page: what it says, what it would decide, and what another one would have decided.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const SAMPLE = fileURLToPath(new URL("../../crates/handbook/sample.toml", import.meta.url));

test("the handbook is read, tried, and replayed from a file", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.getByRole("link", { name: "Handbook", exact: true }).first().click();
  await page.getByRole("heading", { name: /^Handbook [0-9a-f]{7}$/ }).waitFor();
  await agent.lookEverywhere("handbook");

  await page.getByLabel("Monthly revenue").fill("2400");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByText("because: high-paying customer").waitFor();
  await agent.lookEverywhere("handbook-tried");

  const other = (await readFile(SAMPLE, "utf8")).replace('first_reply = "12h"', 'first_reply = "6h"');
  await page.getByLabel("A handbook file").setInputFiles({
    name: "other.toml",
    mimeType: "text/plain",
    buffer: Buffer.from(other),
  });
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByText("The tickets that differ, newest first").waitFor();
  await agent.lookEverywhere("handbook-replayed");
});

test("a handbook is pasted and replayed without script", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo, { javaScript: false, width: 375 });
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/settings/handbook");
  await page.getByLabel("Or its text").fill(await readFile(SAMPLE, "utf8"));
  await page.getByRole("button", { name: "Replay" }).click();

  await page.getByRole("heading", { name: "Nothing would have been different" }).waitFor();
  assert.match(await page.locator("main h2").first().innerText(), /tickets? of the last 28 days, 0 of them different/);
});
