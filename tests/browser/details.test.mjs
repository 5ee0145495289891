// What a ticket is about, changed on its page: the dialog, two who change the same, the area from the bar, what fields
// customers are asked, and what a team and a customer are told of an escalation.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Sample", email: "dana@fernlight.test" };

async function ask(demo, subject = "Flags fall back to default on Safari") {
  const context = { page: "https://app.fernlight.test/flags?x=1", version: "v41" };
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject, comment: { body: "Every flag is off." }, context },
  });
  return request.id;
}

async function ticket(demo, id) {
  return (await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket;
}

async function field(demo, more) {
  const { ticket_field } = await demo.api("POST", "/api/v2/ticket_fields.json", { ticket_field: more });
  return ticket_field.id;
}

const OPEN = { visible_in_portal: true, editable_in_portal: true };
const HOSTING = {
  ...OPEN,
  type: "tagger",
  title: "Hosting",
  custom_field_options: [{ name: "Our cloud", value: "cloud" }, { name: "Your own", value: "own" }],
};

async function choose(page, action) {
  await page.getByRole("group").filter({ hasText: "More" }).getByText("More").first().click();
  await page.getByRole("link", { name: action }).first().click();
}

test("what a ticket is about is changed in one dialog, and undone as far as it can be", async (t) => {
  const demo = await startDemo(t);
  const version = await field(demo, { type: "text", title: "Version" });
  const id = await ask(demo);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto(`/tickets/${id}`);
  await choose(page, "Details…");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What is it about?").fill("Flags fall back on Safari 19");
  await dialog.getByLabel("Area").selectOption("feature_flags");
  await dialog.getByLabel("Version").fill("41.2");
  await agent.lookEverywhere("details");
  await dialog.getByRole("button", { name: "Change details" }).click();
  await page.getByRole("heading", { level: 1 }).getByText("Safari 19").waitFor();
  const changed = await ticket(demo, id);
  assert.equal(changed.custom_fields.find((one) => one.id === version).value, "41.2");
  await page.keyboard.press("d");
  await page.locator(`#ticket-${id}-requester`).getByText("41.2").waitFor();
  await page.getByRole("link", { name: "https://app.fernlight.test/flags?x=1" }).waitFor();
  await agent.look("details-changed");

  // The area alone: from the bar, and back by Z.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("area");
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "Session replay", exact: true }).waitFor();
  await page.keyboard.type("ses");
  await page.keyboard.press("Enter");
  await page.getByText("Area of 1 ticket changed.").waitFor();
  await page.keyboard.press("z");
  await page.getByText("Undone: 1 ticket is as it was.").waitFor();
});

test("two who change the same are asked about that alone", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo);
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  const { id: one, email } = users.find((user) => user.email);
  const password = "a long enough password";
  await demo.api("POST", `/api/v2/users/${one}/password.json`, { password });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn({ email, password });
  const { page } = agent;
  await page.goto(`/tickets/${id}`);
  await choose(page, "Details…");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What is it about?").fill("Mine");
  await dialog.getByLabel("Kind").selectOption("bug");
  await demo.api("PUT", `/api/v2/tickets/${id}.json`, { ticket: { subject: "Theirs" } });
  await dialog.getByRole("button", { name: "Change details" }).click();
  await page.getByRole("button", { name: "Leave it, change the rest" }).waitFor();
  agent.forgetRefusal(409);
  await agent.look("details-conflict");
  await page.getByRole("button", { name: "Leave it, change the rest" }).click();
  await page.locator(`#ticket-${id}-header`).getByText("Theirs").waitFor();
  const after = await ticket(demo, id);
  assert.equal(after.subject, "Theirs");
});

test("a customer is asked what a field asks, and errors stand beside it", async (t) => {
  const demo = await startDemo(t);
  const hosting = await field(demo, { ...HOSTING, required_in_portal: true });
  const seats = await field(demo, { ...OPEN, type: "integer", title: "Seats" });
  const customer = await visitor(await startBrowser(t), demo, { javaScript: true });
  const { page } = customer;
  await page.goto("/requests/new");
  await page.getByLabel("E-mail").fill(DANA.email);
  await page.getByLabel("What is it about?").fill("Flags");
  await page.getByLabel("Tell us more").fill("They are off.");
  await page.getByLabel("Seats").fill("lots");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: /2/ }).waitFor();
  customer.forgetRefusal();
  await customer.lookEverywhere("request-fields");
  await page.getByLabel("Seats").fill("12");
  await page.getByLabel("Hosting").selectOption("own");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("We have your request").waitFor();
  const { tickets } = await demo.api("GET", "/api/v2/tickets.json?sort=-id");
  const values = Object.fromEntries(tickets[0].custom_fields.map((one) => [one.id, one.value]));
  assert.deepEqual([values[hosting], values[seats]], ["own", 12]);
});

test("an escalation says to the letter what the customer will be told", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto(`/tickets/${id}`);
  await choose(page, "Escalate…");
  const dialog = page.getByRole("dialog");
  const tell = dialog.getByLabel("Tell Dana");
  assert.ok(await tell.isChecked());
  const first = await dialog.locator("#tell-hint").innerText();
  const teams = await dialog.getByLabel("To the team", { exact: true }).locator("option").allInnerTexts();
  const other = teams.find((team) => !first.includes(team));
  await dialog.getByLabel("To the team", { exact: true }).selectOption({ label: other });
  await dialog.locator("#tell-hint").getByText(other).waitFor();
  await agent.lookEverywhere("escalation");
});

test("a picture is shown small, and the channels say what is known", async (t) => {
  const demo = await startDemo(t);
  const id = await ask(demo);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto(`/tickets/${id}`);
  const shot = await page.screenshot();
  await page.locator(`#ticket-${id}-reply`).fill(`Look, as in #${id}.`);
  await page.locator('input[type="file"]').first().setInputFiles({ name: "shot.png", mimeType: "image/png", buffer: shot });
  await page.getByText("shot.png").first().waitFor();
  await page.getByRole("button", { name: /Send to/ }).first().click();
  await page.goto(`/tickets/${id}`);
  const picture = page.getByAltText("shot.png");
  await picture.scrollIntoViewIfNeeded();
  assert.deepEqual(await picture.evaluate(async (image) => (await image.decode(), [image.width, image.height, image.naturalWidth])), [320, 200, 1440]);
  await page.getByRole("link", { name: `#${id}`, exact: true }).waitFor();
  await agent.lookEverywhere("pictures");
  await page.goto("/settings/channels");
  await agent.lookEverywhere("channels");
  await page.goto("/settings/fields");
  await agent.look("fields");
});
