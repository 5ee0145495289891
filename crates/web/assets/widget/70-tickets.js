// One's own tickets: the list, a conversation, an answer, "This is solved".

function statusWord(status) {
  const words = {
    new: () => say("CustomerOpen"),
    open: () => say("CustomerOpen"),
    pending: () => say("CustomerPending"),
    hold: () => say("CustomerHold"),
    solved: () => say("CustomerSolved"),
    closed: () => say("StatusClosed"),
  };
  return words[status]?.() ?? status;
}

const SIGNS = { new: "◐", open: "◐", pending: "↩", hold: "⏸", solved: "✓", closed: "▣" };

function statusLine(status) {
  return el("span", { class: "status" }, el("span", { "aria-hidden": "true" }, SIGNS[status] ?? ""), " ", statusWord(status));
}

/** The newest tickets, or nothing if the desk does not know who asks. */
async function ownTickets() {
  if (!(await identity())) return undefined;
  const { ok, said } = await call("GET", "/requests.json?sort_order=desc&per_page=25");
  return ok ? said.requests : undefined;
}

/** Tickets that wait for their customer and have changed since they were read. */
function unread(tickets) {
  const seen = kept("seen") ?? {};
  return tickets.filter((ticket) => ticket.status === "pending" && !(seen[ticket.id] >= ticket.updated_at));
}

async function ticketsView() {
  const tickets = await ownTickets();
  const title = say("WidgetTickets");
  if (!tickets) {
    const content = el("div", {}, el("p", {}, say("WidgetNotKnown")), el("p", {}, outside("/requests", say("WidgetOnTheWeb"))));
    return { title, content };
  }
  if (!tickets.length) {
    return { title, content: el("div", {}, el("p", {}, say("NoRequests")), el("p", { class: "hint" }, say("NoRequestsWhy"))) };
  }
  const fresh = new Set(unread(tickets).map((ticket) => ticket.id));
  const rows = tickets.map((ticket) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "row", onclick: () => help.show(() => ticketView(ticket.id)) },
        el("span", { class: "subject", dir: "auto" }, `#${ticket.id} ${ticket.subject}`),
        statusLine(ticket.status),
        fresh.has(ticket.id) && el("span", { class: "badge" }, say("WidgetUnread", { n: 1 }).replace(/^1 /, "")),
      ),
    ),
  );
  return { title, content: el("ul", { class: "rows" }, rows) };
}

async function ticketView(id) {
  const [found, written] = await Promise.all([call("GET", `/requests/${id}.json`), call("GET", `/requests/${id}/comments.json?include=users&per_page=100`)]);
  const title = `#${id}`;
  if (!found.ok || !written.ok) return { title, content: el("p", {}, say("NothingHere")) };
  const ticket = found.said.request;
  keep("seen", { ...kept("seen"), [id]: ticket.updated_at });
  const people = new Map((written.said.users ?? []).map((user) => [user.id, user]));
  const messages = written.said.comments.map((comment) => {
    const author = people.get(comment.author_id);
    const isOurs = author?.agent && comment.author_id !== ticket.requester_id;
    const who = comment.author_id === ticket.requester_id ? say("You") : (author?.name ?? "");
    return el("li", { class: isOurs ? "ours" : "theirs" }, el("p", { class: "hint" }, `${who} · ${moment(comment.created_at)}`), el("p", { class: "words", dir: "auto" }, comment.plain_body));
  });
  const content = el(
    "div",
    {},
    el("h3", { dir: "auto" }, ticket.subject),
    el("p", {}, statusLine(ticket.status)),
    ticket.promise && !ticket.solved && el("p", { class: "hint" }, `${say("WeSaid")} ${ticket.promise}`),
    el("ol", { class: "messages" }, messages),
    ticket.status === "closed" ? el("p", {}, say("ClosedForYou")) : replyForm(ticket),
  );
  return { title, content };
}

function replyForm(ticket) {
  const name = `reply:${ticket.id}`;
  const body = el("textarea", { rows: 3, dir: "auto", oninput: () => keep(name, { whose: whose(), text: body.value, key: kept(name)?.key ?? crypto.randomUUID() }) });
  body.value = kept(name)?.whose === whose() ? kept(name).text : "";
  const problem = el("p", { class: "error", role: "alert" });
  const isSolved = ticket.status === "solved";
  const send = el("button", { class: "primary" }, isSolved ? say("Reopen") : say("Reply"));
  const change = async (pressed, request, key) => {
    problem.textContent = "";
    await busy(pressed, async () => {
      try {
        const answer = await call("PUT", `/requests/${ticket.id}.json`, json({ request }), key);
        if (!answer.ok) {
          problem.textContent = refusal(answer);
          return;
        }
        if (request.comment) keep(name, undefined);
        await help.show(() => ticketView(ticket.id), { isSame: true });
      } catch {
        problem.textContent = say("WidgetNoConnection");
      }
    });
  };
  const solve = button(say("ThisIsSolved"), () => change(solve, { solved: true }));
  const form = el("form", { novalidate: true }, field(say("YourReplyHere"), body, isSolved ? say("SolvedForYou") : undefined), problem, el("div", { class: "actions" }, send, !isSolved && solve));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!body.value.trim()) {
      body.complain(say("NothingWritten"));
      body.focus();
      return;
    }
    change(send, { comment: { body: body.value } }, kept(name)?.key ?? crypto.randomUUID());
  });
  return form;
}

/** A link to a page of the desk. */
function outside(path, words) {
  return el("a", { href: `${BASE}${path}`, target: "_blank", rel: "noopener" }, words, " ", el("span", { "aria-hidden": "true" }, "↗"), el("span", { class: "hidden" }, ` ${say("WidgetNewTab")}`));
}
