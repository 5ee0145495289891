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

test("a page with hostile styles and scripts does not reach it", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo, {
    style: `* { text-transform: uppercase !important; font-size: 40px !important; letter-spacing: 1em !important; color: red !important; }
      answerable-help, dialog, button, input { display: none !important; visibility: hidden !important; opacity: 0 !important; pointer-events: none !important; transform: scale(3) !important; }`,
    script: `Array.prototype.toJSON = () => "broken"; Object.prototype.extra = () => "broken";
      for (const kind of ["keydown", "keypress"]) document.addEventListener(kind, (event) => event.preventDefault());
      window.Answerable = { context: { workspace: "blue" } };`,
  });
  const customer = await visitor(await startBrowser(t), demo);
  await customer.page.goto(host);
  await openForm(customer);
  await panel(customer).getByLabel("What is it about?").pressSequentially(SUBJECT);
  await panel(customer).getByLabel("Tell us more").pressSequentially("Off.");
  await customer.page.screenshot({ path: "../../target/screenshots/widget-hostile.png" });
  const size = await panel(customer).getByLabel("Tell us more").evaluate((field) => getComputedStyle(field).fontSize);
  assert.equal(size, "16px");
  await panel(customer).getByRole("button", { name: "Send" }).click();
  await panel(customer).getByRole("heading", { name: "Request #1" }).waitFor();
  assert.equal((await tickets(demo))[0].subject, SUBJECT);
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

test("it costs the page nothing: no shift, no long task, ready at once", async (t) => {
  const demo = await startDemo(t);
  const host = await startHost(t, demo);
  const customer = await visitor(await startBrowser(t), demo);
  const rounds = [];
  for (let round = 0; round < 5; round += 1) {
    await customer.page.goto(host);
    await opener(customer).waitFor();
    rounds.push(
      await customer.page.evaluate(async () => {
        const seen = (type) =>
          new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type, buffered: true });
            setTimeout(() => resolve([]), 300);
          });
        const [tasks, shifts] = [await seen("longtask"), await seen("layout-shift")];
        const script = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/widget.js"));
        const late = tasks.filter((task) => task.startTime + task.duration > script.responseEnd);
        return {
          ready: performance.getEntriesByName("answerable-ready")[0].startTime - script.responseEnd,
          tasks: late.map((task) => task.duration),
          shift: shifts.reduce((sum, entry) => sum + entry.value, 0),
          requests: performance.getEntriesByType("resource").filter((entry) => entry.name.startsWith(script.name.replace("/widget.js", ""))).length,
        };
      }),
    );
  }
  const best = rounds.toSorted((a, b) => a.ready - b.ready)[0];
  assert.ok(best.ready < 100, `ready after ${best.ready} ms`);
  assert.deepEqual(best.tasks, [], "no long task in the round nothing else disturbed");
  for (const round of rounds) {
    assert.equal(round.shift, 0);
    assert.equal(round.requests, 1, "nothing but the script before it is opened");
  }
});
