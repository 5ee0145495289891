// What happens elsewhere while a page is open, what is caught up after a while without a stream, and what fails: it is said,
// and nothing that was typed, chosen or read is lost or moved.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const KIM = { name: "Kim Sample", email: "kim@tallow.test" };
const WORDS = "The page is white once a flag is read.";

/** Some tickets, and one of us who is not the one that the API speaks for. */
async function setUp(t, count, options = {}) {
  const demo = await startDemo(t, options);
  const ids = [];
  for (let n = 1; n <= count; n += 1) {
    const ticket = { subject: `Question ${n}`, comment: { body: "How?" }, requester: KIM };
    ids.push((await demo.api("POST", "/api/v2/tickets.json", { ticket })).ticket.id);
  }
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  const person = { email: users.find((user) => user.email).email, password: "a long enough password" };
  await demo.api("POST", `/api/v2/users/${users.find((user) => user.email).id}/password.json`, { password: person.password });
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(person);
  const change = (id, ticket) => demo.api("PUT", `/api/v2/tickets/${id}.json`, { ticket });
  return { demo, browser, ids, agent, person, page: agent.page, change };
}

const stream = (page, what) => page.evaluate((name) => document.querySelector("live-events")[name](), what);
const passes = (page, kind) => page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), kind);
const focused = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
const dialog = (page) => page.locator("#dialog");
const says = (page, id, text) => page.waitForFunction(([row, words]) => document.getElementById(row).innerText.includes(words), [`row-${id}`, text]);
/** Opens the bar by its key, and chooses what fits a few letters. */
async function choose(page, key, letters, expected) {
  await page.keyboard.press(key);
  await page.locator("#bar-input").waitFor();
  await page.keyboard.type(letters);
  await page.locator("[role=option][aria-selected=true]", { hasText: expected }).waitFor();
  await page.keyboard.press("Enter");
}

test("what was missed without a stream is there once it is open again", async (t) => {
  const { ids, agent, page, change } = await setUp(t, 3);
  const [one, two] = ids;

  // A list: hidden for a while, gone into the back cache, and without a connection.
  await page.goto("/views/open");
  await page.mouse.move(5, 5);
  const states = [["close", "open", "solved"], ["pagehide", "pageshow", "open"], ["again", "", "pending"]];
  for (const [ends, begins, status] of states) {
    if (ends === "pagehide") await passes(page, ends);
    else await stream(page, ends);
    await change(one, { status });
    if (begins === "pageshow") await passes(page, begins);
    else if (begins) await stream(page, begins);
    await says(page, one, { solved: "Solved", open: "Open", pending: "Pending" }[status]);
  }
  assert.equal(await page.locator("#connection").isHidden(), true);

  // A ticket.
  await page.goto(`/tickets/${two}`);
  await page.mouse.move(5, 5);
  await stream(page, "close");
  await change(two, { priority: "high", comment: { body: "Said meanwhile.", public: false } });
  await stream(page, "open");
  await page.locator(`#ticket-${two}-state`).getByText("High").waitFor();
  await page.locator("#timeline").getByText("Said meanwhile.").waitFor();
  agent.assertNoComplaints("caught up");
});

test("what fails is said with its reason, and the selection stays", async (t) => {
  const { ids, agent, page, demo } = await setUp(t, 2);
  await page.goto("/views/open");
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  const set = () => choose(page, "s", "pen", "Pending");

  // Refused by the server, in its own words.
  const token = await page.evaluate(() => {
    const before = document.querySelector("[name=csrf]").value;
    document.querySelectorAll("[name=csrf]").forEach((one) => { one.value = "another"; });
    return before;
  });
  await set();
  await page.locator("#notices [role=status]").getByText(/^This form is too old\. It was made for another session/).waitFor();
  assert.equal(await page.locator("row-list input:checked").count(), 2);
  await agent.look("failed-action").catch((error) => { if (!/status of 403/.test(error.message)) throw error; });
  await page.evaluate((value) => document.querySelectorAll("[name=csrf]").forEach((one) => { one.value = value; }), token);

  // No connection: neither an action nor a dialog.
  await page.route("**/bulk", (route) => route.abort());
  await page.route("**/snooze", (route) => route.abort());
  await set();
  await page.locator("#notices").getByText(/^Not done: the server cannot be reached/).waitFor();
  assert.equal(await page.locator("row-list input:checked").count(), 2);
  await page.evaluate(() => document.querySelector("#notices").replaceChildren());
  await page.keyboard.press("h");
  await page.locator("#notices").getByText(/^Not done/).waitFor();
  await page.unroute("**/bulk");
  await set();
  await page.getByText("2 tickets set to Pending.").waitFor();
  assert.equal(await page.locator("row-list input:checked").count(), 0);
  assert.equal((await demo.api("GET", `/api/v2/tickets/${ids[0]}.json`)).ticket.status, "pending");
  agent.complaints();
});

test("a dialog keeps what was typed, refuses in its place, and leaves the list where it was", async (t) => {
  const { ids, agent, page, demo } = await setUp(t, 3);
  await page.goto("/views/open");
  await page.keyboard.press("j");
  const id = await page.evaluate(() => document.activeElement.closest("li").id.slice(4));
  const escalate = async (letters = "rep", team = "Session replay") => {
    await choose(page, "e", letters, team);
    await focused(page, "dialog textarea");
  };
  await escalate();
  await page.keyboard.type(WORDS);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await focused(page, `#row-${id}-link`);
  await escalate();
  assert.equal(await dialog(page).locator("textarea").inputValue(), WORDS);

  // Refused: the words and the focus stay, with the reason.
  await dialog(page).locator("textarea").fill("   ");
  await dialog(page).getByRole("button", { name: "Escalate" }).click();
  await dialog(page).locator("p.error").first().waitFor();
  await focused(page, "dialog #form-errors");
  agent.forgetRefusal();
  await agent.lookEverywhere("dialog-refused");

  // Done: the row says so in its place, and the focus is back on it; pressed twice it was sent once.
  await dialog(page).locator("textarea").fill(WORDS);
  await page.evaluate(() => { const button = document.querySelector("#dialog [data-send-button]"); button.click(); button.click(); });
  await dialog(page).waitFor({ state: "hidden" });
  await focused(page, `#row-${id}-link`);
  assert.match(page.url(), /\/views\/open$/);
  const { comments } = await demo.api("GET", `/api/v2/tickets/${id}/comments.json`);
  assert.equal(comments.filter(({ body }) => body.includes(WORDS)).length, 1);
  await escalate("fla", "Feature flags");
  assert.equal(await dialog(page).locator("textarea").inputValue(), "", "what was sent is not kept");
  await page.keyboard.press("Escape");

  // On the ticket nothing is loaded anew: what stands in the composer stays.
  await page.goto(`/tickets/${ids[2]}`);
  await page.locator(`#ticket-${ids[2]}-reply`).fill("Hi Kim, ");
  await page.evaluate(() => { globalThis.same = true; document.querySelector("h1").focus(); });
  await choose(page, "s", "ho", "On hold");
  await dialog(page).getByLabel("Reply to Kim").fill("We need two weeks.");
  await page.keyboard.press("Control+Enter");
  await page.locator(`#ticket-${ids[2]}-state`).getByText("On hold").waitFor();
  await dialog(page).waitFor({ state: "hidden" });
  await page.locator("#timeline").getByText("We need two weeks.").waitFor();
  assert.equal(await page.locator(`#ticket-${ids[2]}-reply`).inputValue(), "Hi Kim, ");
  assert.equal(await page.evaluate(() => globalThis.same), true);
  agent.assertNoComplaints("dialogs");
});

test("counts are true while a list is looked at", async (t) => {
  const { ids, page, change } = await setUp(t, 3);
  await page.goto("/views/open");
  await page.locator("#count-shown").getByText("3 tickets").waitFor();
  await change(ids[0], { status: "pending" });
  await page.locator("#count-shown").getByText("2 tickets").waitFor();
  await page.locator("#count-view-pending .count").getByText("1", { exact: true }).waitFor();
  await page.locator("#count-view-open .count").getByText("2", { exact: true }).waitFor();
});

test("a ticket's page follows what others do, but not under one's hands", async (t) => {
  const { ids: [id], agent, page, change } = await setUp(t, 1);
  await page.goto(`/tickets/${id}`);
  await page.mouse.move(5, 5);
  await page.locator(`#ticket-${id}-reply`).fill("Hi Kim, ");
  const before = await page.evaluate(() => [scrollY, document.querySelector("h1").getBoundingClientRect().top]);

  await change(id, { tags: ["safari"], priority: "high" });
  await page.locator(`#ticket-${id}-state`).getByText("High").waitFor();
  await page.locator(`#ticket-${id}-requester`).getByText("safari").waitFor();
  await page.locator("#timeline .happening").filter({ hasText: /safari|2 changes/ }).first().waitFor();
  assert.equal(await page.locator(`#ticket-${id}-reply`).inputValue(), "Hi Kim, ");
  assert.deepEqual(await page.evaluate(() => [scrollY, document.querySelector("h1").getBoundingClientRect().top]), before);
  await agent.look("ticket-followed");

  // What was opened waits until it is closed; the rest does not.
  await page.evaluate(() => document.querySelector("h1").focus());
  await page.keyboard.press("d");
  await focused(page, `#ticket-${id}-requester > summary`);
  await change(id, { tags: ["safari", "storage"], status: "pending" });
  await page.locator(`#ticket-${id}-state`).getByText("Pending").waitFor();
  assert.equal(await page.locator(`#ticket-${id}-requester`).getByText("storage").count(), 0);
  await page.keyboard.press("d");
  await page.locator(`#ticket-${id}-requester`).getByText("storage").waitFor();
  await change(id, { status: "solved" });
  await page.locator(`#ticket-${id}-actions`).getByText("Solve", { exact: true }).waitFor({ state: "detached" });
  agent.assertNoComplaints("followed");
});

test("who was signed out meanwhile is told, and finds the words again", async (t) => {
  const { ids: [id], agent, person, page } = await setUp(t, 1);
  await page.goto(`/tickets/${id}`);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.locator(`#ticket-${id}-reply`).fill("Hi Kim, found it.");
  await stream(page, "open");
  const told = page.locator("#signed-out");
  await told.getByText("You were signed out. Sign in and go on; your text is kept.").waitFor();
  assert.equal(await page.locator("#connection").isHidden(), true);
  await agent.look("signed-out").catch((error) => { if (!/status of 40/.test(error.message)) throw error; });

  // Signed in again elsewhere, it is taken back; else the link leads here again.
  await page.context().addCookies(cookies);
  await stream(page, "open");
  await told.waitFor({ state: "hidden" });
  await page.context().clearCookies();
  await stream(page, "open");
  await told.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/tickets/${id}`);
  await page.waitForFunction((field) => document.getElementById(field)?.value === "Hi Kim, found it.", `ticket-${id}-reply`);
  agent.complaints();
});

test("what somebody else set meanwhile is asked about, from the bar too", async (t) => {
  const { ids, agent, page, change, demo } = await setUp(t, 2);
  const status = () => choose(page, "s", "op", "Open");
  const now = async (id) => (await demo.api("GET", `/api/v2/tickets/${id}.json`)).ticket.status;

  await page.goto("/views/open");
  await page.keyboard.press("j");
  const id = await page.evaluate(() => document.activeElement.closest("li").id.slice(4));
  await stream(page, "close");
  await change(id, { status: "pending" });
  await status();
  await dialog(page).getByRole("heading", { name: /changed this/ }).waitFor();
  agent.forgetRefusal(409);
  await agent.look("bar-changed-meanwhile");
  await dialog(page).getByRole("link").click();
  await dialog(page).waitFor({ state: "hidden" });
  assert.equal(await now(id), "pending");
  await status();
  await dialog(page).getByRole("button", { name: "Set status" }).click();
  await dialog(page).waitFor({ state: "hidden" });
  await says(page, id, "Open");
  assert.equal(await now(id), "open");

  // Another thing does not matter; on the ticket's own page it is the same.
  const other = ids.find((one) => String(one) !== id);
  await page.goto(`/tickets/${other}`);
  await stream(page, "close");
  await change(other, { tags: ["safari"] });
  await status();
  await page.locator(`#ticket-${other}-state`).getByText("Open").waitFor();
  await stream(page, "close");
  await change(other, { status: "pending" });
  await status();
  await dialog(page).getByRole("button", { name: "Set status" }).click();
  await dialog(page).waitFor({ state: "hidden" });
  assert.equal(await now(other), "open");
  agent.complaints();
});

test("a customer's page gets the answer as it comes, and keeps the reply", async (t) => {
  const { ids: [id], browser, demo, change } = await setUp(t, 1);
  const customer = await visitor(browser, demo);
  const { page } = customer;
  const { ticket } = await demo.api("GET", `/api/v2/tickets/${id}.json`);
  await page.request.get(`/demo/as/${ticket.requester_id}`);
  await page.goto(`/requests/${id}`);
  await page.mouse.move(5, 5);
  await change(id, { status: "pending", comment: { body: "Here is how.", public: true } });
  await page.locator("#timeline").getByText("Here is how.").waitFor();
  await page.locator("#request-now").getByText("Waiting for you").waitFor();

  // While one writes it waits.
  const reply = page.getByLabel("Your reply");
  await reply.fill("Thanks, but");
  const before = await reply.boundingBox();
  await change(id, { comment: { body: "One more thing.", public: true } });
  const show = page.getByRole("button", { name: "New message. Show it" });
  await show.waitFor();
  assert.deepEqual(await reply.boundingBox(), before);
  await customer.lookEverywhere("request-new-message");
  await show.click();
  await focused(page, "#timeline li:last-child article");
  await page.reload();
  assert.equal(await reply.inputValue(), "Thanks, but");
  await reply.fill("Thanks, that is it.");
  await page.getByRole("button", { name: "Reply" }).click();
  await page.locator("#timeline").getByText("Thanks, that is it.").waitFor();
  assert.equal(await reply.inputValue(), "");
  customer.assertNoComplaints("the customer's page");
});
