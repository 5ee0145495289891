// Who is told of what: notices and settings, an absence with cover, a swap, and the digest, over a week boundary.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const PASSWORD = "a long enough password";

/** One of the sample company's people, signed in. */
async function person(browser, demo, email, options) {
  const { users } = await demo.api("GET", `/api/v2/users/search.json?query=${encodeURIComponent(email)}`);
  await demo.api("POST", `/api/v2/users/${users[0].id}/password.json`, { password: PASSWORD });
  const agent = await visitor(browser, demo, options);
  await agent.signIn({ email, password: PASSWORD });
  return agent;
}

// ROT-10
test("what one was told is in the workspace at once, live, and is marked as read", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const browser = await startBrowser(t);
  const cy = await person(browser, demo, "cy@acme.test");
  const { page } = cy;
  const [{ id: me }] = (await demo.api("GET", "/api/v2/users/search.json?query=cy@acme.test")).users;
  const before = await page.locator("#notices-link").innerText();
  const request = { requester: { name: "Kim", email: "kim@customer.test" }, subject: "Replay is black", comment: { body: "All of it." } };
  const made = await demo.api("POST", "/api/v2/requests.json", { request });

  await demo.api("PUT", `/api/v2/tickets/${made.request.id}.json`, { ticket: { assignee_id: me } });

  await page.waitForFunction((old) => document.querySelector("#notices-link").innerText !== old, before);
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.waitForURL("**/notices");
  const group = page.locator(".notice-group").first();
  await group.getByText("Demo admin assigned it to you.").waitFor();
  await cy.lookEverywhere("notices");
  const unread = await page.locator(".notice-group li.unread").count();
  await group.getByRole("button", { name: "Mark as read" }).click();
  await page.waitForFunction((old) => document.querySelectorAll(".notice-group li.unread").length < old, unread);

  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL("**/settings");
  await page.getByRole("main").getByRole("link", { name: "Your own" }).first().click();
  await page.waitForURL("**/settings/me");
  await cy.lookEverywhere("settings");
  await page.locator("#hours").fill("late");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("is not a range").first().waitFor();
  cy.forgetRefusal();
  await page.locator("#hours").fill("10:00-18:00");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("10:00–18:00, London time").waitFor();
});

// ROT-05, ROT-10: the walk "a hero's Monday morning"
test("swap, absence, and the week passes on", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const browser = await startBrowser(t);
  const bo = await person(browser, demo, "bo@acme.test");
  const cy = await person(browser, demo, "cy@acme.test", { javaScript: false });
  await bo.page.goto("/rota");
  await bo.page.getByRole("heading", { name: "Needs a word" }).waitFor();
  await bo.lookEverywhere("rota-needs-a-word");

  // Cy asks for a swap, by form and without script; there is one already, of next week.
  await cy.page.goto("/rota/replay");
  await cy.page.locator("#swap-week").selectOption({ label: "Mon 29 Jun, Cy" });
  await cy.page.locator("#swap-return").selectOption({ label: "Mon 6 Jul, Bo" });
  await cy.page.getByRole("button", { name: "Ask for the swap" }).click();
  await bo.page.goto("/notices");
  await bo.page.getByText("Cy asks you to take the week of Mon 29 Jun for the week of Mon 6 Jul.").waitFor();
  await bo.page.goto("/rota/replay");
  await bo.page.getByRole("button", { name: "Accept swap" }).first().click();
  await bo.page.getByText("Swapped with Cy").first().waitFor();
  await bo.page.getByText("History").click();
  await bo.page.getByText("Swap accepted: Bo takes the week of Mon 15 Jun").waitFor();
  await bo.lookEverywhere("rota-team-history");

  // Bo is away for two days of it; Cy takes them.
  await bo.page.goto("/rota");
  await bo.page.locator("#away-from").fill("2026-06-17");
  await bo.page.locator("#away-to").fill("2026-06-18");
  await bo.page.getByRole("button", { name: "Be away" }).click();
  await bo.page.getByText("Bo will be away from").waitFor();
  await bo.page.getByRole("button", { name: "Ask Cy" }).first().waitFor();
  await bo.page.getByText("Calendar link of my weeks").click();
  const address = await bo.page.locator(".secret-link input[type=url]").inputValue();
  const calendar = await (await fetch(address)).text();
  assert.match(calendar, /SUMMARY:Hero of Session replay/);

  // Nothing rings when the week begins; the mail is there when Bo's hours are.
  const boundary = "2026-06-14T23:00:00Z";
  const told = async () => (await demo.outbox()).filter(({ at, to, text }) => at >= boundary && to[0] === "bo@acme.test" && text.includes("You are hero of Session replay"));
  await demo.clock({ set: "2026-06-14T23:30:00Z" });
  assert.deepEqual(await told(), []);
  await demo.clock({ set: "2026-06-15T13:00:00Z" });
  assert.deepEqual((await told()).map(({ kind }) => kind), ["notification"]);
  await bo.page.goto("/");
  await bo.page.getByText("Hero of Session replay: you").waitFor();
});

// ROT-09
test("the hero edits the digest and sends it", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  const digests = async () => (await demo.outbox()).filter(({ kind }) => kind === "digest");
  const before = (await digests()).length;
  assert.ok(before > 0, "the sample company has sent some");

  await page.goto("/digest/flags/2026-06-01");
  await page.getByRole("heading", { name: "Digest of Feature flags" }).waitFor();
  await agent.lookEverywhere("digest-draft");
  await page.locator(".digest-figures a").first().click();
  await page.getByRole("heading", { name: /Behind the number/ }).waitFor();
  await agent.lookEverywhere("digest-tickets");
  await page.goBack();
  await page.getByLabel("Text").fill("# A good week\n\nNothing burned.");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("Changed by Demo admin").waitFor();
  assert.equal((await digests()).length, before);
  await page.getByRole("button", { name: "Send to #support-feature-flags" }).click();
  await page.getByRole("heading", { name: "Sent by Demo admin" }).waitFor();
  await agent.lookEverywhere("digest-sent");
  const sent = await digests();
  assert.equal(sent.length, before + 1);
  assert.match(sent.at(-1).text, /^# A good week/);
  assert.equal(await page.getByRole("button", { name: "Save draft" }).count(), 0);
});
