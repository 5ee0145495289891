// Writing on a ticket: drafts outlive everything, a sent reply can be undone, files go ahead, a preview shows how it is read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };

/** A request of Dana's, and an agent who looks at it. */
async function begin(t, options = {}) {
  const demo = await startDemo(t, options);
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject: "Flags fall back to default on Safari", comment: { body: "Every flag is off." } },
  });
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${request.id}`);
  return { demo, browser, agent, ticket: request.id };
}

const replyField = (page) => page.getByRole("textbox", { name: "Your reply to Dana" });
const noteField = (page) => page.getByRole("textbox", { name: "Your note" });
const saved = (page) => page.getByText(/^Draft saved \d\d:\d\d$/).first().waitFor();

test("a draft outlives a reload, another device, and goes when it is sent", async (t) => {
  const { demo, browser, agent, ticket } = await begin(t);
  await replyField(agent.page).fill("Hi Dana, found it");
  await saved(agent.page);
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("n");
  await noteField(agent.page).fill("Same as in March?");
  await agent.page.waitForResponse((answer) => answer.url().endsWith("/drafts/note") && answer.ok());
  await agent.page.reload();
  assert.equal(await replyField(agent.page).inputValue(), "Hi Dana, found it");
  assert.equal(await agent.page.locator(`#ticket-${ticket}-note`).inputValue(), "Same as in March?");

  const phone = await visitor(browser, demo, { width: 375 });
  await phone.signIn(demo);
  await phone.page.goto(`/tickets/${ticket}`);
  assert.equal(await replyField(phone.page).inputValue(), "Hi Dana, found it", "the newer one is shown");
  await replyField(phone.page).fill("Hi Dana, on my way");
  await phone.page.waitForResponse((answer) => answer.url().endsWith("/drafts/reply") && answer.ok());

  // The desk went on with its own words meanwhile.
  await replyField(agent.page).fill("Hi Dana, Safari 19 drops it");
  await agent.page.waitForResponse((answer) => answer.url().endsWith("/drafts/reply") && answer.ok());
  await phone.page.reload();
  assert.equal(await replyField(phone.page).inputValue(), "Hi Dana, Safari 19 drops it");
  await phone.page.getByText(/^Draft from your computer/).click();
  await phone.page.getByRole("button", { name: "Use this draft" }).click();
  assert.equal(await replyField(phone.page).inputValue(), "Hi Dana, on my way");
  await phone.page.waitForResponse((answer) => answer.url().endsWith("/drafts/reply") && answer.ok());
  await phone.look("draft-of-another-device");
  await phone.page.close();

  await agent.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await agent.page.getByText("Hi Dana, Safari 19 drops it").first().waitFor();
  const reply = agent.page.locator(`#ticket-${ticket}-reply`);
  assert.equal(await reply.inputValue(), "");
  assert.equal(await noteField(agent.page).inputValue(), "Same as in March?", "the note is what is left to write");
  await agent.page.reload();
  assert.equal(await reply.inputValue(), "", "what was sent does not come back");
  agent.assertNoComplaints("draft");
});

test("what the server did not get is kept in this browser, and goes when one signs out", async (t) => {
  const { agent, ticket } = await begin(t);
  await agent.page.route("**/drafts/**", (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
  await replyField(agent.page).fill("Written in a tunnel");
  await agent.page.getByText("Kept in this browser; the server does not have it yet.").first().waitFor();
  await agent.page.reload();
  assert.equal(await replyField(agent.page).inputValue(), "Written in a tunnel");
  await agent.page.unroute("**/drafts/**");
  await agent.page.reload();
  await saved(agent.page);
  const copies = () => agent.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:")));
  assert.deepEqual(await copies(), [], "the server has it");
  await agent.page.route("**/drafts/**", (route) => route.abort());
  await replyField(agent.page).fill("And more");
  await agent.page.waitForTimeout(1_000);
  assert.equal((await copies()).length, 1);
  await agent.page.locator("#own-menu summary").click();
  await agent.page.getByRole("button", { name: "Sign out" }).click();
  await agent.page.getByLabel("E-mail").waitFor();
  assert.deepEqual(await copies(), []);
  assert.ok(ticket);
});

test("a reply leaves after the undo seconds, and Z takes it back", async (t) => {
  const { demo, agent, ticket } = await begin(t, { now: null });
  await replyField(agent.page).fill("Fixed in **41.2**.");
  await agent.page.getByLabel("Then").selectOption({ label: "Solved: answered" });
  await agent.page.keyboard.press("Control+Enter");
  await replyField(agent.page).focus();
  await agent.page.getByText(/^Reply to Dana leaves in \d+ s\.$/).waitFor();
  await agent.look("reply-leaves");
  const count = async () => (await demo.outbox()).filter((one) => one.kind === "reply").length;
  assert.equal(await count(), 0);
  await agent.page.goto("/views/mine");
  await agent.page.getByText(/the reply to Dana leaves in \d+ s/).waitFor();

  await agent.page.locator("h1").first().focus();
  await agent.page.keyboard.press("z");

  await agent.page.getByText("Undone: the reply never left. Your text is below.").waitFor();
  assert.equal(await replyField(agent.page).inputValue(), "Fixed in **41.2**.");
  assert.match(await agent.page.locator(`#ticket-${ticket}-state`).innerText(), /New/);
  await agent.look("reply-undone");
  const { comments } = await demo.api("GET", `/api/v2/tickets/${ticket}/comments.json`);
  assert.equal(comments.length, 1);

  await agent.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await agent.page.waitForURL(/views\/mine/);
  await agent.page.getByText(/reply to Dana leaves in/).waitFor();
  await agent.page.getByText(/reply to Dana leaves in/).waitFor({ state: "detached", timeout: 15_000 });
  for (let wait = 0; wait < 20 && (await count()) === 0; wait += 1) await agent.page.waitForTimeout(250);
  assert.equal(await count(), 1);
  await agent.page.goto(`/tickets/${ticket}`);
  assert.equal(await replyField(agent.page).inputValue(), "");
});

test("files go ahead when they are chosen, dropped or pasted, and can be removed", async (t) => {
  const { demo, agent, ticket } = await begin(t);
  const side = agent.page.locator(`#ticket-${ticket}-reply-form`);
  await side.locator("input[type=file]").setInputFiles([
    { name: "console.txt", mimeType: "text/plain", buffer: Buffer.from("error") },
    { name: "<img src=x onerror=alert(1)>.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg onload='alert(1)'/>") },
  ]);
  await side.getByText("console.txt").waitFor();
  await side.getByText("onerror=alert(1)>.svg").waitFor();
  const data = await agent.page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x".repeat(2_000)], "dropped.log"));
    return transfer;
  });
  await side.dispatchEvent("drop", { dataTransfer: data });
  await side.getByText("dropped.log").waitFor();
  await agent.look("files-ahead");
  await side.getByRole("button", { name: "Remove console.txt" }).click();
  await side.getByText("console.txt").waitFor({ state: "detached" });
  await replyField(agent.page).fill("See the files.");
  await saved(agent.page);
  await agent.page.reload();
  await side.getByText("dropped.log").waitFor();

  const big = Buffer.alloc(21 * 1024 * 1024);
  await side.locator("input[type=file]").setInputFiles([{ name: "big.bin", mimeType: "application/octet-stream", buffer: big }]);
  await side.getByText("the limit is 20 MB").waitFor();
  await agent.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await agent.page.getByText("See the files.").first().waitFor();

  const { comments } = await demo.api("GET", `/api/v2/tickets/${ticket}/comments.json`);
  const names = comments.at(-1).attachments.map((file) => file.file_name);
  assert.deepEqual(names.sort(), ["<img src=x onerror=alert(1)>.svg", "dropped.log"]);
  agent.forgetRefusal();
  agent.assertNoComplaints("files");
});

test("a preview is how it will be read, and a placeholder must be filled in", async (t) => {
  const { demo, browser, agent, ticket } = await begin(t);
  await replyField(agent.page).fill("**Bold** <script>alert(1)</script>\n\n```js\nflags.off()\n```");
  await agent.page.getByLabel("Preview").first().check();
  const preview = agent.page.locator(`#ticket-${ticket}-reply-preview`);
  await preview.getByText("flags.off()").waitFor();
  assert.equal(await preview.locator("strong").innerText(), "Bold");
  assert.equal(await preview.locator("script").count(), 0);
  await agent.lookEverywhere("preview");
  await agent.page.getByLabel("Write", { exact: true }).first().check();

  await replyField(agent.page).fill("Hi {{first_name}}, `{{ code }}` is code.");
  await agent.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await agent.page.getByText(/\{\{first_name\}\} is not filled in/).waitFor();
  assert.equal(await replyField(agent.page).inputValue(), "Hi {{first_name}}, `{{ code }}` is code.");
  agent.forgetRefusal();
  await agent.look("placeholder");

  const plain = await visitor(browser, demo, { javaScript: false });
  await plain.signIn(demo);
  await plain.page.goto(`/tickets/${ticket}`);
  await plain.page.locator(`#ticket-${ticket}-reply`).fill("**No** script");
  await plain.page.locator(`#ticket-${ticket}-reply-files`).setInputFiles([{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") }]);
  await plain.page.getByRole("button", { name: "Preview" }).first().click();
  assert.equal(await plain.page.locator(`#ticket-${ticket}-reply-preview strong`).innerText(), "No");
  await plain.page.getByRole("button", { name: "Remove a.txt" }).waitFor();
  await plain.page.getByRole("button", { name: /^Send to Dana/ }).click();
  await plain.page.locator(".timeline").getByText("a.txt").waitFor();
});

// COM-02
test("a link is picked in the command bar by keyboard, from what was asked before and what is answered for all", async (t) => {
  const { demo, agent } = await begin(t);
  const { request: other } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject: "Cookies are gone on Safari", comment: { body: "All of them." } },
  });
  const { request: lees } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: { name: "Lee", email: "lee@tallow.test" }, subject: "Safari is slow", comment: { body: "Very." } },
  });
  const { page } = agent;
  await page.keyboard.press("r");
  await page.keyboard.type("See ");
  await page.keyboard.press("Control+K");
  await page.keyboard.type("link in the re");
  await page.getByRole("option", { name: "Link in the reply" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("An address https://").waitFor();
  await page.keyboard.type("safari");
  const own = page.getByRole("option", { name: `#${other.id} Cookies are gone on Safari` });
  await own.waitFor();
  assert.equal(await page.getByRole("option", { name: `#${lees.id}` }).count(), 0, "a customer reads only their own");
  await agent.look("link-in-a-reply");
  while ((await own.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type(" too");
  const address = (path) => new URL(path, page.url()).href;
  assert.equal(await replyField(page).inputValue(), `See [#${other.id}](${address(`/requests/${other.id}`)}) too`);

  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.keyboard.type("like this");
  await page.keyboard.press("Shift+Home");
  await page.getByRole("toolbar").last().getByRole("button", { name: "Link" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("slow");
  const all = page.getByRole("option", { name: `#${lees.id} Safari is slow` });
  await all.waitFor();
  while ((await all.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await noteField(page).inputValue(), `[like this](${address(`/tickets/${lees.id}`)})`);
  agent.assertNoComplaints("link");
});

test("code on several lines is fenced, and a macro can be picked beside the field", async (t) => {
  const { agent, ticket } = await begin(t);
  const { page } = agent;
  await replyField(page).fill("let a = 1;\nlet b = 2;");
  await replyField(page).selectText();
  await page.getByRole("button", { name: "Code", exact: true }).first().click();
  assert.equal(await replyField(page).inputValue(), "```\nlet a = 1;\nlet b = 2;\n```\n");
  await page.locator(".reply-side").getByRole("link", { name: "Macro…" }).click();
  await page.locator("#dialog #dialog-heading").waitFor();
  await page.keyboard.press("Escape");

  // What has a key stands in sight.
  await agent.look("ticket-actions");
  await page.getByRole("button", { name: "Assign to me" }).click();
  await page.getByText("1 ticket assigned.").waitFor();
  assert.match(page.url(), new RegExp(`/tickets/${ticket}$`));
  assert.equal(await page.getByRole("button", { name: "Assign to me" }).count(), 0);
});
