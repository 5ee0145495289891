// A demo with something on every page: what the sample company has, and what only somebody's doing makes.

import { visitor } from "./browser.mjs";

const local = (address) => address.replace(/^https?:\/\/[^/]+/, "");
const linkIn = (text, part) => local(text.split(/[\s<>"]+/).find((word) => word.includes(part)));

/** Makes what is missing, and gives where everything is. */
export async function furnish(browser, demo) {
  /** Somebody with a browser of their own: who is not signed in, a customer, a hero, the admin. */
  const person = async (name, options) => {
    const one = await visitor(browser, demo, options);
    const [bo, admin] = demo.links;
    const way = { customer: `/demo/as/${customer.id}`, bo, admin }[name];
    if (way) await one.page.request.get(way);
    return one;
  };
  const everybody = async () => {
    const people = {};
    for (const name of ["guest", "customer", "bo", "admin"]) people[name] = await person(name);
    return people;
  };
  const ticketOf = async (body) => (await demo.api("POST", "/api/v2/tickets.json", { ticket: body })).ticket.id;
  const { users } = await demo.api("GET", "/api/v2/users/search.json?query=email:dana@fernlight.test");
  const [customer] = users;
  const people = await everybody();
  const html = async (who, address) => (await people[who].page.request.get(address)).text();
  const href = async (who, address, pattern) => (await html(who, address)).match(new RegExp(`href="(${pattern})"`))[1].replaceAll("&amp;", "&");
  /** Sends a form as a page does, and gives the page after it. */
  const send = async (who, page, to, form) => {
    const [, csrf] = (await html(who, page)).match(/name="csrf" value="([^"]+)"/);
    const answer = await people[who].page.request.post(to, { form: { csrf, ...form } });
    if (!answer.ok()) throw new Error(`${to} answered ${answer.status()}: ${await answer.text()}`);
    return answer.text();
  };

  const ticket = Number((await href("bo", "/views/my-queue", "/tickets/\\d+\\?[^\"]*")).match(/\d+/)[0]);
  const uploaded = await fetch(`${demo.url}/api/v2/uploads.json?filename=console.txt`, {
    method: "POST",
    headers: { authorization: `Bearer ${demo.token}`, "content-type": "text/plain" },
    body: "error",
  });
  const { token } = (await uploaded.json()).upload;
  const asked = await ticketOf({
    requester: { name: customer.name, email: customer.email },
    subject: "Flags fall back to default on Safari",
    comment: { body: "# Flags\n\nSince the update **every** flag is off.\n\n```js\nflags.get()\n```", uploads: [token] },
    tags: ["safari"],
  });
  const { comments } = await demo.api("GET", `/api/v2/tickets/${asked}/comments.json`);
  const { ticket_id: mailed } = await demo.receive({
    from: "Kim Lee <kim@tallow.test>",
    to: "support@acme.test",
    subject: "旗が初期値に戻ります",
    text: "مرحبا\n\n> quoted\n\n-- \nKim",
  });
  const { results: done } = await demo.api("GET", "/api/v2/search.json?query=type:ticket+status:closed");
  const outbox = await demo.outbox();
  const survey = outbox.findLast(({ kind }) => kind === "survey");
  const lost = outbox.findLast(({ channel, ticket_id: id }) => channel === "email" && id);

  await send("guest", "/requests/sign-in", "/requests/sign-in", { email: customer.email });
  const signIn = (await demo.outbox()).findLast(({ text }) => text.includes("/requests/sign-in/"));
  const claimed = await send("bo", `/tickets/${ticket}/claim`, `/tickets/${ticket}/claim`, {});
  const welcome = await send("admin", "/settings/people/1", "/settings/people/1/link", {});
  const calendar = await send("bo", "/settings/me", "/settings/me/calendar", {});

  const title = "A part of the furniture";
  const conditions = { all: [{ field: "status", operator: "is", value: "open" }], any: [] };
  const actions = [{ field: "current_tags", value: "seen" }];
  const trigger = await demo.api("POST", "/api/v2/triggers.json", { trigger: { title, conditions, actions } });
  const since = { field: "OPEN", operator: "greater_than", value: "24" };
  const untouched = { field: "current_tags", operator: "not_includes", value: "seen" };
  const later = { all: [...conditions.all, since, untouched], any: [] };
  const automation = await demo.api("POST", "/api/v2/automations.json", { automation: { title, conditions: later, actions } });
  const webhook = await demo.api("POST", "/api/v2/webhooks", {
    webhook: { name: title, endpoint: "https://hooks.example.test/in", http_method: "POST", request_format: "json", status: "active", subscriptions: ["conditional_ticket_events"] },
  });
  const { ticket_fields: fields } = await demo.api("GET", "/api/v2/ticket_fields.json");
  const digest = await href("bo", "/digest/replay", "/digest/replay/[0-9-]+");

  return {
    person,
    everybody,
    demo: local(demo.links[0]),
    ticket,
    asked,
    mailed,
    closed: done[0].id,
    lost: { ticket: lost.ticket_id, delivery: lost.id },
    customer: customer.id,
    organization: customer.organization_id,
    question: Number((await href("guest", "/questions", "/questions/\\d+")).match(/\d+/)[0]),
    handbook: await href("bo", "/settings/handbook", "/settings/handbook/[0-9a-f]{20,}"),
    digest,
    digestTickets: await href("bo", digest, `${digest}/tickets\\?[^"]+`),
    survey: linkIn(survey.text, "/survey?"),
    refusal: linkIn(survey.text, "/survey/refusal?"),
    signIn: linkIn(signIn.text, "/requests/sign-in/"),
    claim: linkIn(claimed, "/claim/"),
    welcome: linkIn(welcome, "/welcome/"),
    calendar: linkIn(calendar, "/rota/calendar/"),
    attachment: local(comments[0].attachments[0].content_url),
    source: await href("bo", `/tickets/${mailed}`, `/tickets/${mailed}/mails/\\d+/source`),
    suspended: await href("bo", "/views/suspended", "/suspended/\\d+/source"),
    settings: {
      triggers: trigger.trigger.id,
      automations: automation.automation.id,
      webhooks: webhook.webhook.id,
      fields: fields[0].id,
      people: 1,
      teams: 1,
    },
  };
}
