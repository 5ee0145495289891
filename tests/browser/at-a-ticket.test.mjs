// At a ticket: who else is there, what is new, looking away, following, names and tags while one types, people's pages, a
// long conversation, and hostile words everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };
const SUBJECT = "Flags fall back to default on Safari";

async function ask(demo, body = "Every flag is off.", subject = SUBJECT, requester = DANA) {
  const { request } = await demo.api("POST", "/api/v2/requests.json", { request: { requester, subject, comment: { body } } });
  return request.id;
}

/** Somebody of us with a password. */
async function colleague(demo, browser, email, options) {
  const { users } = await demo.api("GET", `/api/v2/users/search.json?query=email:${email}`);
  await demo.api("POST", `/api/v2/users/${users[0].id}/password.json`, { password: "a long enough password" });
  const one = await visitor(browser, demo, options);
  await one.signIn({ email, password: "a long enough password" });
  return one;
}

async function someone(demo) {
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  return users.find((user) => user.email).email;
}

const field = (who, ticket, kind) => who.page.locator(`#ticket-${ticket}-${kind}`);
const until = (who, part, method = "POST") =>
  who.page.waitForResponse((answer) => answer.url().endsWith(part) && answer.request().method() === method);

test("two at one ticket see each other, and what one says waits for the other", async (t) => {
  const demo = await startDemo(t);
  const browser = await startBrowser(t);
  const ticket = await ask(demo);
  const admin = await visitor(browser, demo);
  await admin.signIn(demo);
  const other = await colleague(demo, browser, await someone(demo));
  const { users: [{ id: author_id }] } = await demo.api("GET", `/api/v2/users/search.json?query=email:${await someone(demo)}`);
  await admin.page.goto(`/tickets/${ticket}`);
  await until(admin, "/seen");

  await other.page.goto(`/tickets/${ticket}`);
  const presence = admin.page.locator(`#ticket-${ticket}-presence`);
  await presence.getByText(/is viewing$/).waitFor();
  await field(other, ticket, "reply").fill("Hi Dana, ");
  await presence.getByText(/is writing$/).waitFor();
  await admin.look("presence");

  // The reader is at the end: the message is appended, and the composer has seen it.
  await field(admin, ticket, "reply").fill("Hello Dana, I look into it.");
  await demo.receive({ from: "Dana Reyes <dana@fernlight.test>", to: "support@acme.test", subject: `Re: ${SUBJECT}`, text: "x" });
  await demo.api("PUT", `/api/v2/tickets/${ticket}.json`, { ticket: { comment: { body: "Appended at the end.", public: false } } });
  await admin.page.locator("#timeline").getByText("Appended at the end.").waitFor();
  assert.equal(await field(admin, ticket, "reply").inputValue(), "Hello Dana, I look into it.");

  // Further up it waits at the edge.
  for (let n = 0; n < 12; n += 1) {
    await demo.api("PUT", `/api/v2/tickets/${ticket}.json`, { ticket: { comment: { body: `Note ${n}\n\nwith\n\nlines`, public: false } } });
  }
  await admin.page.reload();
  await admin.page.evaluate(() => scrollTo(0, 0));
  const before = await admin.page.evaluate(() => [scrollY, document.querySelectorAll("#timeline > li").length]);
  await demo.api("PUT", `/api/v2/tickets/${ticket}.json`, { ticket: { comment: { body: "Waits at the edge.", public: false, author_id } } });
  const show = admin.page.getByText("↓ 1 new message");
  await show.waitFor();
  assert.deepEqual(await admin.page.evaluate(() => [scrollY, document.querySelectorAll("#timeline > li").length]), before, "nothing moved");
  await admin.look("news-at-the-edge");
  await admin.page.keyboard.press(".");
  await admin.page.getByText("Waits at the edge.").waitFor();
  assert.match(await admin.page.evaluate(() => document.activeElement.textContent), /Waits at the edge/);

  // Somebody wrote meanwhile and it was not shown: nothing is sent.
  await field(other, ticket, "reply").fill("Hi Dana, found it.");
  await other.page.evaluate(() => document.querySelectorAll("[name=seen]").forEach((one) => (one.value = 3)));
  await other.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await other.page.getByRole("heading", { name: "Not sent" }).waitFor();
  assert.equal(await other.page.evaluate(() => document.activeElement.id), "not-sent-heading");
  assert.equal(await field(other, ticket, "reply").inputValue(), "Hi Dana, found it.");
  await other.page.locator("#new-since").waitFor();
  await other.look("not-sent").catch((error) => { if (!/status of 409/.test(error.message)) throw error; });
  await other.page.getByRole("button", { name: "Send it as it is" }).click();
  await other.page.locator("#timeline").getByText("Hi Dana, found it.").waitFor();

  await other.page.goto("/");
  await presence.getByText(/is (viewing|writing)$/).waitFor({ state: "detached" });
});

test("a note names somebody who is offered while one types; tags too", async (t) => {
  const demo = await startDemo(t);
  const browser = await startBrowser(t);
  const ticket = await ask(demo);
  const email = await someone(demo);
  const local = email.split("@")[0];
  await demo.api("PUT", `/api/v2/tickets/${ticket}.json`, { ticket: { tags: ["safari", "storage"] } });
  const second = await ask(demo, "And on the phone.", "Phone");
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${second}`);
  await agent.page.keyboard.press("n");
  await agent.page.keyboard.type(`Have you seen this, @${local.slice(0, 2)}`);
  const list = agent.page.locator("mention-list ul:visible");
  await list.getByRole("option").first().waitFor();
  await agent.look("mention");
  await agent.page.keyboard.press("Enter");
  assert.match(await field(agent, second, "note").inputValue(), new RegExp(`@${local} $`));
  await agent.page.keyboard.press("Control+Enter");
  await agent.page.locator("#timeline").getByText(`@${local}`).waitFor();
  const named = await colleague(demo, browser, email);
  await named.page.goto("/notices");
  await named.page.getByText(/names you in a note/).waitFor();

  await agent.page.locator("h1").first().focus();
  await agent.page.goto(`/tickets/${second}/tags`);
  await agent.page.getByLabel("Tags").fill("phone sa");
  await agent.page.locator('datalist option[value="phone safari "]').waitFor({ state: "attached" });
});

test("one looks away from a ticket, follows another, and opens one for a customer", async (t) => {
  const demo = await startDemo(t);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const ticket = await ask(demo);
  await agent.page.goto(`/tickets/${ticket}`);
  await agent.page.keyboard.press("w");
  await agent.page.getByText("You follow it").waitFor();
  await agent.page.keyboard.press("h");
  await agent.page.getByLabel(/^Tomorrow morning/).check();
  await agent.look("snooze-dialog");
  await agent.page.getByRole("button", { name: "Snooze" }).click();
  await agent.page.getByText(/^Snoozed for you until/).waitFor();
  await agent.lookEverywhere("ticket-snoozed");
  await agent.page.goto("/views/unassigned");
  await agent.page.getByRole("heading", { name: "Unassigned" }).waitFor();
  assert.equal(await agent.page.getByRole("link", { name: SUBJECT }).count(), 0, "it is hidden from my lists");
  await agent.page.goto("/views/open");
  await agent.page.getByRole("link", { name: SUBJECT }).waitFor();
  await demo.clock({ advance: "25h" });
  await agent.page.goto("/notices");
  await agent.page.getByText("Your snooze is over.").waitFor();
  await agent.page.goto("/views/unassigned");
  await agent.page.getByRole("link", { name: SUBJECT }).waitFor();

  await agent.page.goto("/tickets/new");
  await agent.page.getByRole("button", { name: "Open the ticket" }).click();
  await agent.page.getByText("Subject is missing").first().waitFor();
  agent.forgetRefusal();
  await agent.lookEverywhere("ticket-new-form");
  await agent.page.getByLabel("Customer's e-mail").fill("kim@tallow.test");
  await agent.page.getByLabel("Customer's name").fill("Kim Lee");
  await agent.page.getByLabel("What is it about?").fill("Safari: flags by default off");
  await agent.page.getByLabel("What they ask").fill("Flags are off **again**.");
  await agent.page.getByRole("button", { name: "Open the ticket" }).click();
  await agent.page.locator(".aside").getByRole("link", { name: "Kim Lee" }).waitFor();
  // What has the same words is looked for when somebody asks.
  await agent.page.getByRole("link", { name: "With the same words" }).click();
  await agent.page.locator("details[id$=-related] .others a", { hasText: "Flags fall back" }).waitFor();
  assert.match(await agent.page.locator(".aside").innerText(), /With the same words[^]*Flags fall back/);
  await agent.page.getByText("Told what to expect").waitFor();
  await agent.look("ticket-for-a-customer");
  await agent.page.locator(".aside").getByRole("link", { name: "Kim Lee" }).click();
  await agent.page.getByRole("heading", { name: "Kim Lee" }).waitFor();
  await agent.lookEverywhere("person");
});

test("facts of an organization have a source and an age, and old ones are marked", async (t) => {
  const demo = await startDemo(t, { sample: true });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { organizations } = await demo.api("GET", "/api/v2/organizations.json");
  const one = organizations.find((organization) => organization.organization_fields?.mrr) ?? organizations[0];
  await demo.api("PUT", `/api/v2/organizations/${one.id}.json`, { organization: { organization_fields: { mrr: 2400, plan: "teams" } } });
  await agent.page.goto(`/organizations/${one.id}`);
  await agent.page.getByText(/from api/).first().waitFor();
  await agent.lookEverywhere("organization");
  await demo.clock({ advance: "8d" });
  await agent.page.reload();
  await agent.page.getByText("stale").first().waitFor();
  await agent.look("organization-stale");
});

test("a long conversation is shown in parts, and a message is found by its address", async (t) => {
  const demo = await startDemo(t);
  const ticket = await ask(demo);
  const ids = [];
  for (let n = 0; n < 130; n += 1) {
    await demo.api("PUT", `/api/v2/tickets/${ticket}.json`, { ticket: { comment: { body: `Note ${n}.`, public: false } } });
  }
  const { comments } = await demo.api("GET", `/api/v2/tickets/${ticket}/comments.json?page[size]=100`);
  ids.push(...comments.map((comment) => comment.id));
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${ticket}`);
  assert.equal(await agent.page.locator("#timeline article").count(), 31);
  await agent.page.getByText(/Show earlier messages, 100 in all/).click();
  await agent.page.getByText("Note 60.").waitFor();
  await agent.page.goto("/");
  await agent.page.goto(`/tickets/${ticket}#message-${ids[20]}`);
  await agent.page.locator(`#message-${ids[20]}`).waitFor();
  await agent.page.getByText(/later messages$/).waitFor();
  await agent.look("long-part");
});

test("hostile and strange words break, run and overflow nothing", async (t) => {
  const demo = await startDemo(t);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const evil = `<script>alert(1)</script><img src=x onerror="alert(2)">"'><svg/onload=alert(3)>`;
  const words = [
    ["rtl", "مرحبا، الأعلام لا تعمل منذ التحديث", "السلام عليكم، كل شيء متوقف منذ الصباح. ".repeat(12), "ليلى الحسن"],
    ["emoji", "🧨🏴‍☠️👩‍👩‍👧‍👦 flags 🏁", "👩‍👩‍👧‍👦".repeat(400), "🏴‍☠️🏴‍☠️🏴‍☠️"],
    ["japanese", "旗が初期値に戻ります".repeat(20), "サファリでは全ての旗が無効になります。".repeat(40), "山田太郎"],
    ["long", "x".repeat(10_000), `${"y".repeat(12_000)}\n\n${"https://example.test/".padEnd(3_000, "z")}`, "N".repeat(250)],
    ["evil", evil, `${evil}\n\n[link](javascript:alert(4)) ![p](https://evil.test/p.png)\n\n|a|b|\n|-|-|\n|${"w".repeat(300)}|c|\n\n\`\`\`\n${"code ".repeat(300)}\n\`\`\``, evil],
  ];
  // By mail a subject may have any length.
  const mailed = await demo.receive({ from: "long@strange.test", to: "support@acme.test", subject: "z".repeat(10_000), text: "x" });
  await agent.page.goto(`/tickets/${mailed.ticket_id}`);
  await agent.lookEverywhere("strange-subject");
  for (const [name, subject, body, person] of words) {
    const id = await ask(demo, body, subject.slice(0, 1_000), { name: person, email: `${name}@strange.test` });
    await demo.api("PUT", `/api/v2/tickets/${id}.json`, { ticket: { comment: { body, public: false }, tags: ["t".repeat(80), "ok"] } });
    await agent.page.goto(`/tickets/${id}`);
    await agent.page.locator("#timeline article").nth(1).waitFor();
    await agent.lookEverywhere(`strange-${name}`);
    await field(agent, id, "reply").fill(body.slice(0, 4_000));
    await agent.page.getByLabel("Preview").first().check();
    await agent.page.locator(`#ticket-${id}-reply-preview > *`).first().waitFor();
    await agent.look(`strange-${name}-preview`);
    const requester = await agent.page.locator(".aside .person a").getAttribute("href");
    await agent.page.goto(requester);
    await agent.lookEverywhere(`strange-${name}-person`);
  }
  assert.equal(await agent.page.evaluate(() => document.querySelectorAll("main script").length), 0);
});

test("two change one thing: the second is asked about that thing only", async (t) => {
  const demo = await startDemo(t);
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const ticket = await ask(demo);
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  await agent.page.goto(`/tickets/${ticket}/status`);
  await agent.page.getByLabel(/^Pending/).check();
  await agent.page.waitForTimeout(50);
  // Tags of somebody else's do not matter, the status of a rule's or a colleague's does.
  const other = await visitor(await startBrowser(t), demo);
  await demo.api("POST", `/api/v2/users/${users[0].id}/password.json`, { password: "a long enough password" });
  await other.signIn({ email: users[0].email, password: "a long enough password" });
  await other.page.goto(`/tickets/${ticket}/tags`);
  await other.page.getByLabel("Tags").fill("safari");
  await other.page.getByRole("button", { name: "Set tags" }).click();
  await other.page.goto(`/tickets/${ticket}/solution`);
  await other.page.getByRole("radio").first().check();
  await other.page.getByRole("button", { name: "Solve" }).click();
  await other.page.waitForURL(/tickets\/\d+$/);

  await agent.page.getByRole("button", { name: "Set status" }).click();
  await agent.page.getByRole("heading", { name: /changed this/ }).waitFor();
  agent.forgetRefusal(409);
  await agent.look("changed-meanwhile");
  await agent.page.getByRole("button", { name: "Set status" }).click();
  await agent.page.waitForURL(/tickets\/\d+$/);
  await agent.page.locator(`#ticket-${ticket}-state`).getByText("Pending").waitFor();
});

test("after sending the next ticket of the list is there, with the way to undo", async (t) => {
  const demo = await startDemo(t, { now: null });
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const first = await ask(demo);
  const second = await ask(demo, "And on the phone.", "Phone flags");
  await agent.page.goto("/views/open");
  await agent.page.getByRole("link", { name: SUBJECT }).click();
  await field(agent, first, "reply").fill("Fixed in 41.2.");
  await agent.page.keyboard.press("Control+Shift+Enter");
  await agent.page.waitForURL(new RegExp(`/tickets/${second}\\b`));
  await agent.page.getByText(new RegExp(`#${first}: the reply to Dana leaves in`)).waitFor();
  await agent.look("next-ticket");
  await agent.page.getByRole("button", { name: "Undo" }).first().click();
  await agent.page.waitForURL(new RegExp(`/tickets/${first}\\b`));
  assert.equal(await field(agent, first, "reply").inputValue(), "Fixed in 41.2.");
});
