// The in-app help inside an app of another origin: asking, following one's tickets, and leaving the page alone. (CH-01)

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";
import { startHost } from "./harness/host.mjs";

const SUBJECT = "Flags fall back to default";

const opener = ({ page }) => page.getByRole("button", { name: "Help" });
const panel = ({ page }) => page.getByRole("dialog");

async function openForm(customer) {
  await opener(customer).click();
  await panel(customer).getByRole("button", { name: "Ask for help" }).click();
  await panel(customer).getByLabel("What is it about?").waitFor();
}

async function fillIn(customer) {
  await panel(customer).getByLabel("What is it about?").fill(SUBJECT);
  await panel(customer).getByRole("group", { name: /How bad/ }).getByLabel("Critical").check();
  await panel(customer).getByLabel("Tell us more").fill("Since the update\nevery flag is <b>off</b>.");
}

async function tickets(demo) {
  const { tickets } = await demo.api("GET", "/api/v2/tickets.json");
  return tickets;
}

// CH-01, PR-06
test("a signed user asks, reads the answer, writes back, solves and reopens without leaving the app", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo, { tag: 'data-identity-url="/identity" data-version="41.2" data-area="feature_flags"' });
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(`${host}?page=flags`);
  await customer.lookEverywhere("widget-closed");

  await opener(customer).focus();
  await customer.page.keyboard.press("Enter");
  await panel(customer).getByRole("heading", { name: "Help" }).waitFor();
  await customer.lookEverywhere("widget-menu");
  await customer.page.keyboard.press("Escape");
  assert.ok(await opener(customer).evaluate((button) => button.getRootNode().activeElement === button), "focus is back");

  await openForm(customer);
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByText("Subject is missing.").waitFor();
  await fillIn(customer);
  await customer.lookEverywhere("widget-form");
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  await panel(customer).getByText(/answer by Mon 8 Jun, 21:12 your time \(BST\)/).waitFor();
  await customer.lookEverywhere("widget-sent");

  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  await agent.page.goto("/tickets/1");
  for (const fact of ["verified by the app's signature", "41.2", "Europe/London", "?page=flags"]) {
    await agent.page.getByText(fact).first().waitFor({ state: "attached" });
  }
  await demo.api("PUT", "/api/v2/tickets/1.json", { ticket: { comment: { body: "Fixed in 41.3." }, status: "pending" } });

  await panel(customer).getByRole("button", { name: "Done" }).click();
  await opener(customer).getByText("1 new").waitFor();
  await customer.lookEverywhere("widget-closed-with-news");
  await opener(customer).click();
  await panel(customer).getByText("1 new").waitFor();
  await panel(customer).getByRole("button", { name: /My tickets/ }).click();
  await panel(customer).getByText("Waiting for you").waitFor();
  await customer.lookEverywhere("widget-tickets");
  await panel(customer).getByRole("button", { name: SUBJECT }).click();
  await panel(customer).getByText("Fixed in 41.3.").waitFor();
  await panel(customer).getByText("every flag is <b>off</b>.").waitFor();
  await customer.lookEverywhere("widget-ticket");
  await panel(customer).getByLabel("Your reply").fill("Not on my phone.");
  await panel(customer).getByRole("button", { name: "Reply" }).click();
  await panel(customer).getByText("We are on it").waitFor();
  await panel(customer).getByRole("button", { name: "This is solved" }).click();
  await panel(customer).getByText("Solved, reply to reopen").waitFor();
  await panel(customer).getByLabel("Your reply").fill("It is back.");
  await panel(customer).getByRole("button", { name: "Reopen" }).click();
  await panel(customer).getByText("We are on it").waitFor();
  assert.equal((await tickets(demo))[0].status, "open");
  customer.assertNoComplaints("the whole way");
});

test("without identity one says who one is, and the developer hears what is missing", async (t) => {
  const demo = await startDemo(t);
  const browser = await startBrowser(t);
  const host = await startHost(t, demo, { tag: "" });
  const customer = await visitor(browser, demo);
  await customer.page.goto(host);
  await openForm(customer);
  await fillIn(customer);
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByText("E-mail is missing.").waitFor();
  await panel(customer).getByLabel("E-mail").fill("dana@fernlight.test");
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  await panel(customer).getByText("A copy goes to dana@fernlight.test.").waitFor();
  assert.equal(await panel(customer).getByRole("button", { name: "Open the request" }).count(), 0);
  await panel(customer).getByRole("button", { name: "Back" }).click();
  await panel(customer).getByRole("button", { name: /My tickets/ }).click();
  await panel(customer).getByRole("link", { name: /See them on the web/ }).waitFor();
  await customer.look("widget-not-known");

  const forged = await visitor(browser, demo);
  const warnings = [];
  forged.page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  await forged.page.goto(await startHost(t, demo, { secret: "another secret" }));
  await openForm(forged);
  await fillIn(forged);
  await panel(forged).getByRole("button", { name: "Send" }).click();
  await panel(forged).getByRole("alert").getByText(/requester|Requester/).or(panel(forged).getByRole("heading", { name: "Request #2" })).first().waitFor();
  assert.match(warnings.join("\n"), /signature_wrong/);
});

test("what an admin wants to know besides is asked, checked and shown", async (t) => {
  const demo = await startDemo(t);
  const field = async (more) => {
    const ticket_field = { visible_in_portal: true, editable_in_portal: true, ...more };
    return (await demo.api("POST", "/api/v2/ticket_fields.json", { ticket_field })).ticket_field.id;
  };
  const options = [{ name: "Our cloud", value: "cloud" }, { name: "Your own", value: "own" }];
  const hosting = await field({ type: "tagger", title: "Hosting", required_in_portal: true, custom_field_options: options });
  const seats = await field({ type: "integer", title: "Seats" });
  const beta = await field({ type: "checkbox", title: "Beta" });
  const host = await startHost(t, demo, { tag: 'data-identity-url="/identity"' });
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(`${host}?page=flags`);
  await openForm(customer);
  await fillIn(customer);
  await panel(customer).getByLabel("Seats").fill("lots");
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByText("Hosting is missing.").waitFor();
  await panel(customer).getByText("Seats: expected a whole number, got “lots”.").waitFor();
  await customer.lookEverywhere("widget-fields");
  await panel(customer).getByLabel("Hosting").selectOption("own");
  await panel(customer).getByLabel("Seats").fill("12");
  await panel(customer).getByLabel("Beta").check();
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("button", { name: "Open the request" }).click();
  await panel(customer).getByText("Hosting: Your own").waitFor();
  const [made] = await tickets(demo);
  const values = Object.fromEntries(made.custom_fields.map((one) => [one.id, one.value]));
  assert.deepEqual([values[hosting], values[seats], values[beta]], ["own", 12, true]);
});

// CH-01: offline keeps the draft; one click, one ticket.
test("a draft survives a tunnel and a reload, and two clicks are one ticket", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  const { page } = customer;
  await page.goto(host);
  await openForm(customer);
  await fillIn(customer);
  await page.route(`${demo.url}/api/**`, (route) => route.abort());
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByText("Kept. It is sent when you are back online.").waitFor();
  await page.reload();
  await openForm(customer);
  assert.equal(await panel(customer).getByLabel("What is it about?").inputValue(), SUBJECT);
  assert.equal((await tickets(demo)).length, 0);

  await page.unroute(`${demo.url}/api/**`);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  assert.equal((await tickets(demo)).length, 1);

  await panel(customer).getByRole("button", { name: "Done" }).click();
  await openForm(customer);
  assert.equal(await panel(customer).getByLabel("What is it about?").inputValue(), "");
  await fillIn(customer);
  await panel(customer).getByRole("button", { name: "Send" }).dblclick();
  await panel(customer).getByRole("heading", { name: "Request #2" }).waitFor();
  assert.equal((await tickets(demo)).length, 2);
});

/** A page that has replaced what every page relies on. */
const HOSTILE = {
  style: `* { all: unset !important; text-transform: uppercase !important; font-size: 40px !important; letter-spacing: 1em !important; color: red !important; }
    answerable-help, dialog, button, input { display: none !important; visibility: hidden !important; opacity: 0 !important; pointer-events: none !important; transform: scale(3) !important; }`,
  script: `Array.prototype.toJSON = () => "broken"; Object.prototype.extra = () => "broken";
    for (const name of ["map", "filter", "forEach", "find", "flat", "join", "push", "pop", "slice", "splice", "includes", "some", "indexOf", "concat", "reduce"]) {
      Array.prototype[name] = () => { throw new Error("broken " + name); };
    }
    window.fetch = async () => ({ json: "wrapped" });
    for (const kind of ["keydown", "keypress"]) document.addEventListener(kind, (event) => event.preventDefault());
    window.Answerable = { context: { workspace: "blue" } };`,
};

test("a page with hostile styles and scripts does not reach it", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo, HOSTILE);
  const customer = await visitor(await startBrowser(t), demo, { axe: false });
  await customer.page.goto(host);
  await openForm(customer);
  await panel(customer).getByLabel("What is it about?").pressSequentially(SUBJECT);
  await panel(customer).getByLabel("Tell us more").pressSequentially("Off.");
  await panel(customer).locator('input[type="file"]').setInputFiles({ name: "console.txt", mimeType: "text/plain", buffer: Buffer.from("one\ntwo") });
  await customer.page.screenshot({ path: "../../target/screenshots/widget-hostile.png" });
  // Nothing can be evaluated in such a page; five lines of 16 px say that its sizes have not come in.
  const { height } = await panel(customer).getByLabel("Tell us more").boundingBox();
  assert.ok(height > 100 && height < 160, `${height} px`);
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  const [ticket] = await tickets(demo);
  assert.equal(ticket.subject, SUBJECT);
  const { comments } = await demo.api("GET", "/api/v2/tickets/1/comments.json");
  assert.equal(comments[0].attachments[0].file_name, "console.txt");
  await panel(customer).getByRole("button", { name: "Open the request" }).click();
  await panel(customer).getByRole("link", { name: "console.txt" }).waitFor();
});

// CH-01: attachments upload first and are bound on submit; the screenshot is opt-in.
test("files and a picture of the page go along, with a request and with an answer", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  const { page } = customer;
  await page.goto(host);
  await page.evaluate(() =>
    window.Answerable.configure({
      screenshot: () => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 60;
        canvas.getContext("2d").fillRect(0, 0, 30, 60);
        return canvas;
      },
    }),
  );
  await openForm(customer);
  await fillIn(customer);
  const choose = panel(customer).locator('input[type="file"]');
  await choose.setInputFiles([
    { name: "console.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
    { name: "<b>wrong</b>.txt", mimeType: "text/plain", buffer: Buffer.from("two") },
  ]);
  await panel(customer).getByRole("button", { name: "Remove <b>wrong</b>.txt" }).click();
  await choose.setInputFiles({ name: "huge.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(20 * 1024 * 1024 + 1) });
  await panel(customer).getByText("huge.bin has 21 MB; the limit is 20 MB.").waitFor();
  await panel(customer).getByRole("button", { name: "Add a picture of the page" }).click();
  await panel(customer).getByRole("img", { name: "screenshot.png" }).waitFor();
  await customer.lookEverywhere("widget-files");
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  const { comments } = await demo.api("GET", "/api/v2/tickets/1/comments.json");
  const names = comments[0].attachments.map((file) => `${file.file_name} ${file.content_type}`);
  assert.deepEqual(names, ["console.txt text/plain", "screenshot.png image/png"]);

  await panel(customer).getByRole("button", { name: "Open the request" }).click();
  await panel(customer).locator('input[type="file"]').setInputFiles({ name: "more.log", mimeType: "text/plain", buffer: Buffer.from("more") });
  await panel(customer).getByRole("button", { name: "Reply" }).click();
  await panel(customer).getByRole("link", { name: "more.log" }).waitFor();
  const [file] = await Promise.all([page.context().waitForEvent("page"), panel(customer).getByRole("link", { name: "screenshot.png" }).click()]).catch(() => []);
  if (file) await file.close().catch(() => undefined);
  customer.assertNoComplaints("files");
});

test("the browser's own picture is one frame without the panel, and none if it is not allowed", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t, ["--auto-accept-this-tab-capture"]), demo);
  const { page } = customer;
  await page.goto(host);
  await openForm(customer);
  await panel(customer).getByText("Your browser asks what may be seen.").waitFor();
  // A screen of one colour stands for what the browser shares; what is proved is that its track ends.
  await page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement("canvas");
      canvas.width = 64;
      canvas.height = 48;
      const pen = canvas.getContext("2d");
      setInterval(() => pen.fillRect(0, 0, 64, 48), 20);
      const stream = canvas.captureStream(30);
      window.shared = stream.getTracks();
      window.wasHidden = new Promise((done) => setTimeout(() => done(getComputedStyle(document.querySelector("answerable-help")).visibility), 120));
      return stream;
    };
  });
  await panel(customer).getByRole("button", { name: "Add a picture of the page" }).click();
  await panel(customer).getByRole("img", { name: "screenshot.png" }).waitFor();
  assert.equal(await page.evaluate(() => window.wasHidden), "hidden");
  assert.deepEqual(await page.evaluate(() => window.shared.map((track) => track.readyState)), ["ended"]);
  await page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await panel(customer).getByRole("button", { name: "Add a picture of the page" }).click();
  await panel(customer).getByText("No picture was taken: it was not allowed.").waitFor();
  customer.assertNoComplaints("pictures");
});

// CH-01, CH-04
test("answered questions are offered while the subject is typed, and searched in a view of their own", async (t) => {
  const demo = await startDemo(t);
  const question = {
    title: "Why do flags fall back on Safari?",
    details: "Since 41.2 every flag is off.",
    answer: "Set <b>persistence</b> to localStorage.",
  };
  await demo.api("POST", "/api/v2/questions.json", { question });
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(host);
  await openForm(customer);
  const field = panel(customer).getByLabel("Tell us more");
  const before = await field.boundingBox();
  await panel(customer).getByLabel("What is it about?").pressSequentially("flags off safari");
  await panel(customer).getByText("1 answer may help").waitFor();
  assert.deepEqual(await field.boundingBox(), before, "nothing is pushed");
  await panel(customer).getByText("1 answer may help").click();
  await customer.lookEverywhere("widget-hints");
  await panel(customer).getByRole("button", { name: question.title }).click();
  await panel(customer).getByText("Set <b>persistence</b> to localStorage.").waitFor();
  await customer.lookEverywhere("widget-answer");
  await panel(customer).getByRole("button", { name: "Useful", exact: true }).click();
  await panel(customer).getByText("Thank you.").waitFor();
  await panel(customer).getByRole("button", { name: "Back" }).click();
  assert.equal(await panel(customer).getByLabel("What is it about?").inputValue(), "flags off safari", "what was typed is there");
  await panel(customer).getByRole("button", { name: "Back" }).click();
  await panel(customer).getByRole("button", { name: "Search answers" }).click();
  await panel(customer).getByLabel("Search answered questions").fill("persistence");
  await panel(customer).getByRole("button", { name: question.title }).waitFor();
  await customer.lookEverywhere("widget-answers");
  await panel(customer).getByLabel("Search answered questions").fill("weather");
  await panel(customer).getByText("Nothing answered for “weather” yet").waitFor();
  const { feedback } = await demo.api("GET", "/api/v2/questions/1/feedback.json");
  assert.deepEqual(feedback.versions, [{ version: 1, useful: 1, useless: 0 }]);
});

// CS-02
test("a solved ticket is rated inside the widget, once for all", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(host);
  await openForm(customer);
  await fillIn(customer);
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  await demo.api("PUT", "/api/v2/tickets/1.json", { ticket: { comment: { body: "Fixed in 41.3." }, status: "solved" } });
  await panel(customer).getByRole("button", { name: "Open the request" }).click();
  const rating = panel(customer).getByRole("group", { name: "How was our help?" });
  await rating.getByLabel("4 Good").check();
  await panel(customer).getByLabel("Anything to add?").fill("Fast.");
  await customer.lookEverywhere("widget-rating");
  await panel(customer).getByRole("button", { name: "Send my answer" }).click();
  await panel(customer).getByText("Thank you").waitFor();
  const { ticket } = await demo.api("GET", "/api/v2/tickets/1.json");
  assert.deepEqual([ticket.satisfaction_rating.score, ticket.satisfaction_rating.comment], ["good", "Fast."]);
  await demo.clock({ advance: "96h" });
  assert.equal((await demo.outbox()).filter((sent) => sent.kind === "survey").length, 0, "who has rated is not asked");
});

test("files of a draft that a reload has lost are asked for again, and nothing is sent without them", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  const { page } = customer;
  await page.goto(host);
  await openForm(customer);
  await fillIn(customer);
  await panel(customer).locator('input[type="file"]').setInputFiles({ name: "console.txt", mimeType: "text/plain", buffer: Buffer.from("one") });
  await page.route(`${demo.url}/api/**`, (route) => route.abort());
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByText("Kept. It is sent when you are back online.").waitFor();
  await page.reload();
  await page.unroute(`${demo.url}/api/**`);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await openForm(customer);
  await panel(customer).getByText("Files do not outlive a reload. Add them again, then send: console.txt").waitFor();
  assert.equal((await tickets(demo)).length, 0);
  await panel(customer).locator('input[type="file"]').setInputFiles({ name: "console.txt", mimeType: "text/plain", buffer: Buffer.from("one") });
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
});

// CH-01: session-replay link and distinct id, from the real library.
test("posthog's ids are picked up where it is loaded, and errors where the app asks for them", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo, {
    tag: 'data-identity-url="/identity" data-errors="on"',
    head: '<script src="/posthog.js"></script>',
    script: `posthog.init("phc_test", { api_host: location.origin, autocapture: false, capture_pageview: false, disable_session_recording: true, advanced_disable_flags: true });
      posthog.identify("user-7");
      addEventListener("load", () => { console.error("the chart has no data"); Promise.reject(new Error("a promise failed")); });`,
  });
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(host);
  await openForm(customer);
  await fillIn(customer);
  await panel(customer).getByText(/^Sent along/).click();
  await panel(customer).getByLabel(/^Browser/).uncheck();
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();

  const agent = await visitor(await startBrowser(t), demo);
  await agent.signIn(demo);
  await agent.page.goto("/tickets/1");
  const aside = agent.page.locator("#ticket-1-requester");
  await aside.getByText("user-7").first().waitFor({ state: "attached" });
  const words = await aside.textContent();
  assert.match(words, /\/replay\/[0-9a-f-]{36}/);
  assert.match(words, /the chart has no data/);
  assert.match(words, /a promise failed/);
  assert.doesNotMatch(words, /Mozilla/);
});

test("it speaks five languages", async (t) => {
  const demo = await startDemo(t);
  const browser = await startBrowser(t);
  const words = { en: ["Help", "Ask for help"], de: ["Hilfe", "Hilfe anfragen"], fr: ["Aide", "Demander de l’aide"], es: ["Ayuda", "Pedir ayuda"], ja: ["ヘルプ", "問い合わせる"] };
  for (const [lang, [help, ask]] of Object.entries(words)) {
    const customer = await visitor(browser, demo, { width: 375 });
    await customer.page.goto(await startHost(t, demo, { tag: `data-identity-url="/identity" data-lang="${lang}"` }));
    await customer.page.getByRole("button", { name: help, exact: true }).click();
    await panel(customer).getByRole("button", { name: ask }).click();
    await panel(customer).locator("textarea").waitFor();
    await customer.look(`widget-form-${lang}`);
    await customer.page.close();
  }
});

// How soon it is ready and how long its tasks are is measured by widget-figures.mjs.
test("it costs the page nothing: no shift, and one file before it is opened", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(host);
  await opener(customer).waitFor();
  const cost = await customer.page.evaluate(async () => {
    const shifts = await new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve([]), 300);
    });
    const script = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/widget.js"));
    return {
      shift: shifts.reduce((sum, entry) => sum + entry.value, 0),
      requests: performance.getEntriesByType("resource").filter((entry) => entry.name.startsWith(script.name.replace("/widget.js", ""))).length,
    };
  });
  assert.deepEqual(cost, { shift: 0, requests: 1 });
  const script = await fetch(`${demo.url}/widget.js`, { headers: { "accept-encoding": "gzip" } });
  assert.ok(Number(script.headers.get("content-length")) < 20_000, script.headers.get("content-length"));
});
