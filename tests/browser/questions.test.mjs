// Answered questions for everybody, and the customer's own pages around them: looked at in every width and colour scheme.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser, visitor } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const QUESTION = {
  title: "Why do flags fall back to their default on Safari?",
  details: "Since 41.2 every flag is off in Safari.",
  answer: "Set `persistence` to `localStorage`:\n\n```js\ninit(key, { persistence: \"localStorage\" });\n```",
};

/** A ticket of Dana's with an answer. */
async function answered(demo) {
  const { request } = await demo.api("POST", "/api/v2/requests.json", {
    request: { requester: { email: "dana@fernlight.test", name: "Dana Reyes" }, subject: "Flags are off", comment: { body: "Since the update, at dana@fernlight.test." } },
  });
  await demo.api("PUT", `/api/v2/tickets/${request.id}.json`, { ticket: { comment: { body: "Update to 41.3." }, status: "pending" } });
  return request.id;
}

// CH-04, COM-03
test("an agent publishes what a ticket taught, and everybody finds it", async (t) => {
  const demo = await startDemo(t);
  const id = await answered(demo);
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${id}`);
  await agent.page.getByText("More", { exact: true }).first().click();
  await agent.page.getByRole("link", { name: "Publish a question" }).first().click();
  await agent.page.waitForURL(/\/questions\/new\?ticket=/);
  await agent.page.getByText("This looks private:").waitFor();
  await agent.lookEverywhere("question-from-ticket");
  await agent.page.getByLabel("Question, in one line").fill(QUESTION.title);
  await agent.page.getByLabel("The question").fill(QUESTION.details);
  await agent.page.getByLabel("The answer").fill(QUESTION.answer);
  await agent.page.getByRole("button", { name: "Publish" }).click();
  await agent.page.getByText(/say that you have read every word/).waitFor();
  agent.forgetRefusal();
  await agent.lookEverywhere("question-unread");
  await agent.page.getByLabel(/I have read every word/).check();
  await agent.page.getByRole("button", { name: "Publish" }).click();
  await agent.page.getByRole("heading", { name: QUESTION.title, level: 1 }).waitFor();
  await agent.lookEverywhere("question-ours");

  const anybody = await visitor(browser, demo, { javaScript: false, width: 375 });
  await anybody.page.goto("/questions");
  await anybody.page.getByLabel("Search answered questions").fill("flags safari");
  await anybody.page.getByRole("button", { name: "Search" }).click();
  await anybody.page.getByRole("link", { name: QUESTION.title }).click();
  await anybody.page.getByText("localStorage").first().waitFor();
  await anybody.page.getByLabel(/What is missing or wrong/).fill("Which version?");
  await anybody.page.getByRole("button", { name: "Not useful" }).click();
  await anybody.page.getByText("Thank you.").waitFor();
  await agent.page.goto("/docs-gaps");
  await agent.page.getByText("1 of 1 readers found it of no use").waitFor();
  await agent.lookEverywhere("docs-gaps");

  const reader = await visitor(browser, demo);
  for (const [path, name] of [["/questions", "questions"], ["/questions?q=flags", "questions-found"], ["/questions?q=weather", "questions-nothing"], ["/questions/1", "question"], ["/support-hours", "support-hours"]]) {
    await reader.page.goto(path);
    await reader.lookEverywhere(name);
  }
  await reader.page.goto("/requests/new");
  const area = reader.page.getByLabel("Area");
  const before = await area.boundingBox();
  await reader.page.getByLabel("What is it about?").pressSequentially("flags on safari");
  await reader.page.getByText("1 answer may help").waitFor();
  assert.deepEqual(await area.boundingBox(), before, "nothing is pushed");
  await reader.page.getByText("1 answer may help").click();
  await reader.page.getByRole("link", { name: new RegExp(QUESTION.title.replace("?", "\\?")) }).waitFor();
  await reader.lookEverywhere("request-hints");
});

// CS-02, CH-02
test("a customer rates on the page of the request, and a moved conversation is claimed by its link", async (t) => {
  const demo = await startDemo(t);
  const id = await answered(demo);
  const browser = await startBrowser(t);
  const agent = await visitor(browser, demo);
  await agent.signIn(demo);
  await agent.page.goto(`/tickets/${id}/claim`);
  await agent.lookEverywhere("claim-ask");
  await agent.page.getByRole("button", { name: "Make a link" }).click();
  const link = await agent.page.getByLabel("The link").inputValue();
  await agent.lookEverywhere("claim-link");

  const dana = await visitor(browser, demo);
  await dana.page.goto(new URL(link).pathname);
  await dana.lookEverywhere("claim");
  await dana.page.getByLabel("E-mail").fill("dana@fernlight.test");
  await dana.page.getByRole("button", { name: "Claim it" }).click();
  await dana.page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  const sent = (await demo.outbox()).findLast((mail) => mail.kind === "sign_in");
  await dana.page.goto(/\/requests\/sign-in\/\S+/.exec(sent.text)[0]);
  await dana.page.getByRole("button", { name: "Open my requests" }).click();
  await dana.page.getByRole("button", { name: "This is solved" }).click();
  await dana.page.getByRole("heading", { name: "How was our help?" }).waitFor();
  await dana.page.getByLabel("4 Good").check();
  await dana.lookEverywhere("request-rating");
  await dana.page.getByRole("button", { name: "Send my answer" }).click();
  await dana.page.getByRole("heading", { name: "Thank you" }).waitFor();
  assert.ok(await dana.page.getByLabel("4 Good").isChecked());
  await dana.page.getByLabel("Your reply").fill("It is back.");
  await dana.page.getByRole("button", { name: "Reopen" }).click();
  await dana.page.getByText("We are on it").waitFor();
  const { ticket } = await demo.api("GET", `/api/v2/tickets/${id}.json`);
  assert.deepEqual([ticket.status, ticket.satisfaction_rating.score], ["open", "good"]);
});
