// Hostile mail and files: nothing runs, nothing is loaded from elsewhere, and what was left out is said.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = "Dana Reyes <dana@fernlight.test>";
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const HOSTILE = [
  "<script>window.hit = 1</script>",
  '<img src=x onerror="window.hit = 2">',
  '<svg onload="window.hit = 3"></svg>',
  '<a href="javascript:window.hit = 4">a link</a>',
  '<iframe srcdoc="<script>parent.hit = 5</script>"></iframe>',
  '<form action="https://evil.test"><button>Sign in again</button></form>',
  '<style>@import "https://evil.test/x.css"; body { display: none }</style>',
  '<img src="https://evil.test/pixel.gif?dana">',
  '<div style="position:fixed;inset:0;background:url(https://evil.test/cover)">Cover</div>',
  '<meta http-equiv="refresh" content="0;url=https://evil.test">',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.hit = 6"></style></table></mtext></math>',
];

/** A mail with HTML, a picture in it, and files beside it. */
function letter(html) {
  return [
    `From: ${DANA}`,
    "To: support@acme.test",
    "Subject: <img src=x onerror=window.hit=7> Flags",
    `Message-ID: <${crypto.randomUUID()}@fernlight.test>`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="m"',
    "",
    "--m",
    'Content-Type: multipart/related; boundary="r"',
    "",
    "--r",
    "Content-Type: text/html; charset=utf-8",
    "",
    html,
    "--r",
    "Content-Type: image/png",
    "Content-ID: <own@fernlight.test>",
    "Content-Transfer-Encoding: base64",
    "",
    PNG,
    "--r--",
    "--m",
    'Content-Type: text/html; name="a page.html"',
    "Content-Disposition: attachment",
    "",
    "<script>window.hit = 8; document.title = 'hit'</script>",
    "--m",
    "Content-Type: image/svg+xml; name=drawing.svg",
    "Content-Disposition: attachment",
    "",
    '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit = 9"><script>window.hit = 10</script></svg>',
    "--m--",
    "",
  ].join("\r\n");
}

// CH-03, NF-11
test("a hostile mail runs nothing and loads nothing from elsewhere", async (t) => {
  const demo = await startDemo(t);
  const html = `<p>Our flags are off. <img src="cid:own@fernlight.test" alt="a picture of ours"></p>${HOSTILE.join("\n")}`;
  const { ticket_id: id } = await demo.deliver(letter(html));
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));

  await page.goto(`/tickets/${id}`);

  await page.getByText("Our flags are off.").waitFor();
  const picture = page.getByAltText("a picture of ours");
  assert.equal(await picture.evaluate(async (image) => (await image.decode(), image.naturalWidth)), 1, "its own picture is shown");
  await page.getByText("from elsewhere").waitFor();
  assert.equal(await page.evaluate(() => window.hit), undefined);
  const elsewhere = asked.filter((url) => !url.startsWith(demo.url) && !url.startsWith("data:"));
  assert.deepEqual(elsewhere, []);
  await agent.lookEverywhere("mail-hostile");

  for (const name of ["a page.html", "drawing.svg"]) {
    const href = await page.locator(".attachments a").filter({ hasText: name }).getAttribute("href");
    const answer = await page.context().request.get(href);
    assert.match(answer.headers()["content-disposition"], /^attachment;/);
    assert.match(answer.headers()["content-security-policy"], /sandbox/);
    const download = page.waitForEvent("download");
    await page.locator(".attachments a").filter({ hasText: name }).click();
    await (await download).cancel();
  }
  assert.equal(await page.evaluate(() => window.hit), undefined);
});

// CH-03
test("mail that waits is let in with one click", async (t) => {
  const demo = await startDemo(t);
  await demo.deliver("Subject: Who am I?\r\nMessage-ID: <nobody@x>\r\n\r\nI forgot my address.\r\n");
  await demo.deliver(
    `From: ${DANA}\r\nTo: support@acme.test\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.\r\n`,
  );
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;

  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.waitForURL("**/views/suspended");
  await page.getByText("there is no sender that could be answered").waitFor();
  await agent.lookEverywhere("suspended");
  await page.goto("/views/suspended?of=automatic");
  await page.getByText("an automatic answer").waitFor();
  await page.goto("/views/suspended");
  await page.getByRole("button", { name: "Accept" }).click();

  await page.waitForURL("**/tickets/*");
  await page.getByText("I forgot my address.").waitFor();
  await page.goto("/views/suspended");
  await page.getByText("No mail waits here").waitFor();
});

// CH-01
test("files go along with a request and with an answer, without script", async (t) => {
  const demo = await startDemo(t);
  const customer = await visitor(await startBrowser(t), demo, { javaScript: false });
  await customer.page.goto("/requests/new");
  await customer.page.getByLabel("E-mail").fill("dana@fernlight.test");
  await customer.page.getByLabel("What is it about?").fill("See the file");
  await customer.page.getByLabel("Tell us more").fill("It is in the file.");
  await customer.page.getByLabel("Attach").setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("line 7") });
  await customer.page.getByRole("button", { name: "Send" }).click();
  await customer.page.getByText("We have your request").first().waitFor();

  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  await agent.page.goto("/tickets/1");
  await agent.page.getByRole("link", { name: "log.txt" }).waitFor();
  await agent.page.keyboard.press("r");
  await agent.page.getByLabel("Your reply to").fill("Here is a newer one.");
  await agent.page
    .locator("#ticket-1-reply-files")
    .setInputFiles({ name: "fixed.txt", mimeType: "text/plain", buffer: Buffer.from("line 8") });
  await agent.lookEverywhere("attach");
  await agent.page.keyboard.press("Control+Enter");
  await agent.page.getByRole("link", { name: "fixed.txt" }).waitFor();
  const sent = await demo.lastDelivery("reply", 1);
  assert.equal(sent.payload.files[0].name, "fixed.txt");
});

// CH-03
test("mail that waits is gone along and decided about by keyboard", async (t) => {
  const demo = await startDemo(t);
  for (const name of ["one", "two", "three", "four"]) {
    await demo.deliver(`Subject: Mail ${name}\r\nMessage-ID: <${name}@x>\r\n\r\nI forgot my address.\r\n`);
  }
  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  const { page } = agent;
  await page.goto("/views/suspended");
  const subjects = () => page.locator(".letters h2").allTextContents();
  const here = () => page.evaluate(() => document.activeElement.closest("li").querySelector("h2").textContent);
  assert.deepEqual(await subjects(), ["Mail four", "Mail three", "Mail two", "Mail one"]);

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await here(), "Mail three");
  await page.keyboard.press("o");
  await page.getByText("I forgot my address.").filter({ visible: true }).waitFor();
  await page.locator("li", { hasText: "Mail three" }).getByRole("button", { name: "Refuse" }).click();
  await page.waitForFunction(() => document.activeElement.closest("li")?.textContent.includes("Mail two"));
  assert.deepEqual(await subjects(), ["Mail four", "Mail two", "Mail one"]);

  for (const key of ["x", "j", "x"]) await page.keyboard.press(key);
  await page.getByText("2 selected").waitFor();
  await agent.lookEverywhere("suspended-selected");
  await page.locator("#bulk").getByRole("button", { name: "Refuse" }).click();
  await page.waitForFunction(() => document.activeElement.closest("li")?.textContent.includes("Mail four"));
  await page.locator("li").getByRole("button", { name: "Refuse" }).click();
  await page.getByText("No mail waits here").waitFor();
});
