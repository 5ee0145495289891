// Prepared answers and rules: a macro made and used by keys, a trigger tried, activated and read in its log.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

async function ask(demo, subject, tags = []) {
  const ticket = {
    requester: { name: "Dana Reyes", email: "dana@fernlight.test" },
    subject,
    comment: { body: "Every flag is off." },
    tags,
  };
  return (await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket.id;
}

test("a macro is made, used by keys alone, and named in the log", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo, "Flags are off");
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/views/open");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL("**/settings");
  await agent.lookEverywhere("settings");
  await page.getByRole("main").getByRole("link", { name: "Macros" }).first().click();
  await page.getByRole("link", { name: "Make a macro" }).click();
  await page.getByLabel("Title").fill("Flags::Known fault");
  await page.getByLabel("Words", { exact: false }).first().fill("Hi {{ticket.requester.first_name}}, #{{ticket.id}} is a known fault.");
  await page.getByLabel("Status").selectOption("pending");
  await page.getByLabel("Add tags", { exact: false }).fill("known-fault");
  await agent.lookEverywhere("macro-form");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.waitForURL("**/settings/macros?saved=1");
  await page.getByRole("link", { name: "Flags::Known fault" }).waitFor();
  await agent.lookEverywhere("macros");

  await page.goto(`/tickets/${id}/macro`);
  await page.getByRole("searchbox", { name: "Find a macro" }).waitFor();
  await agent.lookEverywhere("macro-picker");
  await page.goto(`/tickets/${id}`);
  await page.keyboard.press("m");
  await page.getByRole("combobox", { name: "Search or type a command" }).fill("known");
  await page.getByRole("option", { name: "Known fault" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/tickets/${id}?macro=*`);
  const reply = page.locator(`#ticket-${id}-reply`);
  assert.match(await reply.inputValue(), /Hi Dana, #\d+ is a known fault\./);
  await page.getByText("Add tags: known-fault").waitFor();
  await reply.focus();
  await page.keyboard.press("Control+Enter");
  await page.waitForURL((url) => !url.search.includes("macro"));

  await page.goto(`/tickets/${id}/activity`);
  await page.getByText("used the macro Flags::Known fault").waitFor();
  const ticket = (await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket;
  assert.deepEqual(ticket.tags, ["known-fault"]);
  assert.equal(ticket.status, "pending");
});

test("a trigger is tried on real tickets before it goes live, and its log tells what it did", async (t) => {
  const demo = await startDemo(t);
  const before = await ask(demo, "An old one", ["vip"]);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.goto("/settings/triggers");
  await agent.lookEverywhere("triggers-empty");
  await page.getByRole("link", { name: "Make a trigger" }).click();
  await page.getByLabel("Title").fill("Important people");
  await page.getByLabel("Condition").fill("update:created tags:vip");
  await page.getByLabel("Add tags", { exact: false }).fill("important");
  await page.getByRole("button", { name: "Try it on recent tickets" }).click();
  await page.getByRole("heading", { name: "What it would have done" }).waitFor();
  await page.getByRole("link", { name: `#${before}` }).waitFor();
  await agent.lookEverywhere("trigger-tried");
  assert.equal(await page.getByLabel("Title").inputValue(), "Important people", "what was typed stays");

  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("It does not act yet").waitFor();
  await page.getByRole("button", { name: "Activate" }).click();
  await page.getByText("It acts.").waitFor();
  const id = await ask(demo, "A new one", ["vip"]);
  await page.reload();
  await page.getByRole("region", { name: "What it did" }).getByRole("link", { name: `#${id}` }).waitFor();
  await agent.lookEverywhere("trigger");
  assert.deepEqual((await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket.tags, ["important", "vip"]);
});

test("the settings of an admin are right at every width and without a script", async (t) => {
  const demo = await startDemo(t);
  await demo.api("POST", "/api/v2/webhooks", { webhook: { name: "Them", endpoint: "https://hooks.acme.test/" } });
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  for (const name of ["people", "teams", "channels", "fields", "tokens", "webhooks", "deliveries", "automations"]) {
    await agent.page.goto(`/settings/${name}`);
    await agent.lookEverywhere(`settings-${name}`);
  }
  await agent.page.goto("/settings/webhooks");
  await agent.page.getByRole("link", { name: "Them" }).click();
  await agent.lookEverywhere("settings-webhook");

  const plain = await visitor(browser, demo, { javaScript: false });
  await plain.signIn(demo);
  await plain.page.goto("/settings/people");
  await plain.page.getByLabel("Name", { exact: true }).fill("Eve");
  await plain.page.getByLabel("E-mail address").fill("eve@acme.test");
  await plain.page.getByRole("button", { name: "Add and make a link" }).click();
  await plain.page.getByText("/welcome/").waitFor();
});

test("Z takes back what a trigger did because of it", async (t) => {
  const demo = await startDemo(t, { now: null });
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: { name: "Dana Reyes", email: "dana@fernlight.test" }, subject: "Flags are off", comment: { body: "All of them." } },
  });
  const actions = [
    { field: "current_tags", value: "asked_why" },
    { field: "comment_value", value: "Was it a bug?" },
  ];
  const conditions = { all: [{ field: "status", operator: "is", value: "solved" }], any: [] };
  await demo.api("POST", "/api/v2/triggers.json", { trigger: { title: "Ask why", conditions, actions } });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto(`/tickets/${request.id}/solution`);
  await page.locator("main input[type=radio]").first().check();
  await page.locator("main").getByRole("button", { name: /Solve/ }).first().click();
  await page.getByText("Was it a bug?").first().waitFor();

  await page.keyboard.press("z");
  await page.getByText("Undone: 1 ticket is as it was.").first().waitFor();

  assert.equal(await page.getByText("Was it a bug?").count(), 0);
  const { ticket } = await demo.api("GET", `/api/v2/tickets/${request.id}.json`);
  assert.deepEqual([ticket.status, ticket.tags], ["new", []]);
  agent.assertNoComplaints("undone-trigger");
});
