// The main job, seen from both sides: a customer asks, the handbook decides, an engineer answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };
const SUBJECT = "Flags fall back to default on Safari";

// SLA-05, ST-05, ST-08
test("a request is asked, answered, solved, and opened again by the customer's mail", async (t) => {
  const demo = await startDemo(t);
  const browser = await startBrowser(t);
  const customer = await visitor(browser, demo);
  const agent = await visitor(browser, demo);

  await ask(customer);
  await agent.signIn(demo);
  const ticket = await openFromTheQueue(agent);
  // Without the list one came from, sending stays on the ticket.
  await agent.page.goto(`/tickets/${ticket}`);

  const reply = agent.page.getByRole("region", { name: "Reply to Dana" });
  await agent.lookEverywhere("ticket-new");
  await answer(agent, reply);
  await agent.lookEverywhere("ticket-solved");

  const sent = await demo.lastDelivery("reply", ticket);
  assert.deepEqual(sent.to, [DANA.email]);
  assert.match(sent.text, /Fixed in 41\.2/);
  const received = await demo.receive({
    from: `${DANA.name} <${DANA.email}>`,
    to: sent.headers["Reply-To"],
    subject: `Re: ${sent.subject}`,
    inReplyTo: sent.headers["Message-ID"],
    text: "It still happens on the phone.",
  });
  assert.deepEqual(received, { ticket_id: ticket, outcome: "continued" });

  await agent.page.reload();
  await assertStatus(agent, "Open");
  await agent.page.getByText("It still happens on the phone.").waitFor();
  await agent.lookEverywhere("ticket-reopened");
});

// CH-01
test("the form works without script", async (t) => {
  const demo = await startDemo(t);
  const customer = await visitor(await startBrowser(t), demo, { javaScript: false, width: 375 });

  await fillIn(customer);

  const { tickets } = await demo.api("GET", "/api/v2/tickets.json");
  assert.deepEqual(tickets.map((ticket) => ticket.subject), [SUBJECT]);
});

test("a note is added by its own form and never leaves", async (t) => {
  const demo = await startDemo(t);
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject: SUBJECT, comment: { body: "Since the update every flag is off." } },
  });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${request.id}`);
  const before = await demo.outbox();

  await agent.page.getByText("Internal note", { exact: true }).click();
  await agent.page.getByRole("textbox", { name: "Your note" }).fill("Same as the storage bug of March?");
  await agent.look("ticket-note");
  await agent.page.getByRole("button", { name: "Add note" }).click();
  await agent.page.getByText("Same as the storage bug of March?").first().waitFor();

  assert.deepEqual(await demo.outbox(), before);
});

test("every page of the sample company looks right", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const browser = await startBrowser(t);
  const guest = await visitor(browser, demo);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  const { tickets } = await demo.api("GET", "/api/v2/tickets.json?per_page=1");

  const pages = [
    [guest, "sign-in", "/"],
    [guest, "request-new", "/requests/new"],
    [guest, "support-hours", "/support-hours"],
    [guest, "own-sign-in", "/requests/sign-in"],
    [guest, "support-hours-ja", "/support-hours?lang=ja"],
    [guest, "own-sign-in-de", "/requests/sign-in?lang=de"],
    [agent, "queue", "/"],
    [agent, "ticket", `/tickets/${tickets[0].id}`],
    [agent, "outbox", "/demo/outbox"],
  ];
  for (const [who, name, path] of pages) {
    await t.test(name, async () => {
      const answer = await who.page.goto(path);
      assert.equal(answer.status(), 200);
      await who.lookEverywhere(name);
    });
  }
});

async function ask(customer) {
  await customer.page.goto("/requests/new");
  await customer.lookEverywhere("request-new-empty");
  await fillIn(customer);
  await customer.lookEverywhere("request-sent");
}

/** Fills in the form of `/requests/new` and sends it. */
async function fillIn({ page }) {
  await page.goto("/requests/new");
  await page.getByLabel("Your name").fill(DANA.name);
  await page.getByLabel("E-mail").fill(DANA.email);
  await page.getByLabel("What is it about?").fill(SUBJECT);
  await page.getByRole("group", { name: "How bad is it?" }).getByLabel("Critical").check();
  await page.getByLabel("Tell us more").fill("Since the update every flag is off on Safari.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/answer by \w+ \d+ \w+, \d\d:\d\d/).waitFor();
}

/** Finds the ticket in the queue, opens it, and gives its number. */
async function openFromTheQueue(agent) {
  await agent.page.goto("/");
  const row = agent.page.getByRole("listitem").filter({ hasText: SUBJECT });
  await row.getByText(/left$/).waitFor();
  await agent.lookEverywhere("queue");
  await row.getByRole("link", { name: SUBJECT }).click();
  await agent.page.waitForURL(/\/tickets\/\d+(\?|$)/);
  return Number(new URL(agent.page.url()).pathname.split("/").at(-1));
}

/** Answers and solves the open ticket. */
async function answer(agent, reply) {
  const text = reply.getByRole("textbox", { name: "Your reply to Dana" });
  if (!(await text.isVisible())) await reply.getByText("Reply to Dana").first().click();
  await text.fill("Fixed in 41.2, please try again.");
  await reply.getByLabel("Then").selectOption({ label: "Solved: answered" });
  await reply.getByRole("button", { name: /^Send to Dana/ }).click();
  await agent.page.getByText("Fixed in 41.2, please try again.").first().waitFor();
  await assertStatus(agent, "Solved");
}

/** The status is a word in the head of the ticket, not only a colour. */
async function assertStatus(agent, status) {
  const head = agent.page.locator("[id^=ticket-][id$=-header]");
  await head.getByText(status, { exact: true }).first().waitFor();
}
