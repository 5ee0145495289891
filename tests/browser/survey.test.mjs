// How was our help? Asked by mail, answered on a page without script or cookie, seen by the team.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const DANA = { name: "Dana Reyes", email: "dana@fernlight.test" };

/** A ticket that was answered and solved, and three days later. Gives its number. */
async function solved(demo, locale) {
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: DANA, subject: "Flags are off", comment: { body: "Since the update." } },
  });
  if (locale) {
    const { ticket } = await demo.api("GET", `/api/v2/tickets/${request.id}.json`);
    await demo.api("PUT", `/api/v2/users/${ticket.requester_id}.json`, { user: { locale } });
  }
  const { users } = await demo.api("GET", "/api/v2/users.json?role=agent");
  await demo.api("PUT", `/api/v2/tickets/${request.id}.json`, {
    ticket: { status: "solved", assignee_id: users[0].id, comment: { body: "Fixed in 41.2." } },
  });
  await demo.clock({ advance: "72h" });
  return request.id;
}

/** Where the mail about a ticket leads, for a rating. */
async function link(demo, ticket, rating) {
  const { text } = await demo.lastDelivery("survey", ticket);
  return text.split(/\s+/).find((word) => word.includes("/survey?") && word.endsWith(`&rating=${rating}`));
}

// CS-06, CS-07
test("a customer on a phone answers without script", async (t) => {
  const demo = await startDemo(t);
  const id = await solved(demo);
  const dana = await visitor(await startBrowser(t), demo, { javaScript: false, width: 375 });
  const { page } = dana;
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));

  await page.goto(await link(demo, id, 4));

  await page.getByRole("heading", { name: "How was our help?", level: 1 }).waitFor();
  assert.ok(await page.getByLabel("4 Good").isChecked(), "what was tapped is chosen");
  assert.deepEqual(await page.context().cookies(), []);
  const own = requests.filter((path) => !path.endsWith(".svg"));
  assert.equal(own.length, 2, `the page and its style sheet: ${requests}`);
  assert.ok(!own.some((path) => path.endsWith(".js")), `${own}`);
  await page.getByLabel("Anything to add? (optional)").fill("Fast.");
  await page.getByRole("button", { name: "Send my answer" }).click();
  await page.getByText("You can change your answer until Thu 18 Jun.").waitFor();
  await page.getByRole("link", { name: "Change my answer" }).click();
  await page.getByLabel("2 Bad", { exact: true }).check();
  await page.getByRole("button", { name: "Send my answer" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();

  const { ticket } = await demo.api("GET", `/api/v2/tickets/${id}.json`);
  assert.equal(ticket.satisfaction_rating.score, "bad");
  assert.equal(ticket.satisfaction_rating.comment, "Fast.");
  const sent = await demo.lastDelivery("survey_sent", id);
  assert.equal(sent.payload.properties.rating, 2);
});

// CS-06, CS-07, CS-10
test("every page of the survey looks right, and the team sees what was said", async (t) => {
  const demo = await startDemo(t);
  const id = await solved(demo);
  const browser = await startBrowser(t);
  const dana = await visitor(browser, demo);
  const { page } = dana;
  const address = await link(demo, id, 2);

  await page.goto(address);
  await dana.lookEverywhere("survey");
  await page.getByLabel("Anything to add?").evaluate((field) => field.removeAttribute("maxlength"));
  await page.getByLabel("Anything to add?").fill("long ".repeat(500));
  await page.getByRole("button", { name: "Send my answer" }).click();
  await page.getByText("Your words are too long").waitFor();
  dana.forgetRefusal();
  await dana.lookEverywhere("survey-refused");
  await page.getByLabel("Anything to add?").fill("It took three days until somebody understood the question.");
  await page.getByRole("button", { name: "Send my answer" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  await dana.lookEverywhere("survey-thanks");
  await page.goto(address.replace("team=", "team=X"));
  await page.getByRole("heading", { name: "This link no longer works" }).waitFor();
  await dana.lookEverywhere("survey-gone");
  await page.getByLabel("You can still tell the team:").fill("Hello?");
  await page.getByRole("button", { name: "Tell the team" }).click();
  await page.getByText("The team reads it.").waitFor();
  const { text } = await demo.lastDelivery("survey", id);
  await page.goto(text.split(/\s+/).find((word) => word.includes("/survey/refusal?")));
  await dana.lookEverywhere("survey-refusal");
  await page.getByRole("button", { name: "Do not ask me again" }).click();
  await page.getByRole("heading", { name: "We will not ask you again" }).waitFor();

  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${id}`);
  await agent.page.getByRole("heading", { name: "Dana rated this 2 of 5, bad" }).waitFor();
  await agent.lookEverywhere("ticket-rated");
  await agent.page.goto(`/tickets/${id}/activity`);
  await agent.page.getByText("Rated 2 of 5, bad").waitFor();
});

// CS-06: in the customer's language
test("a Japanese customer reads Japanese", async (t) => {
  const demo = await startDemo(t);
  const id = await solved(demo, "ja");
  const dana = await visitor(await startBrowser(t), demo, { width: 375 });

  await dana.page.goto(await link(demo, id, 5));

  assert.equal(await dana.page.locator("html").getAttribute("lang"), "ja");
  await dana.page.getByRole("heading", { name: "サポートはいかがでしたか" }).waitFor();
  await dana.look("survey-ja");
});
