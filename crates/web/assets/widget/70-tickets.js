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
  if (ok && said.requests.length) keep("asks", true);
  return ok ? said.requests : undefined;
}

/** How many of one's own tickets have news, told to whoever shows it. Who has never asked here costs no request. */
async function countNews() {
  if (!kept("asks")) return;
  const tickets = await ownTickets().catch(() => undefined);
  if (tickets) help.tell(unread(tickets).length);
}

/** Tickets on which somebody else has said something since they were read here. */
function unread(tickets) {
  const seen = kept("seen") ?? {};
  return each(tickets, (ticket) => {
    const known = seen[ticket.id] ?? (ticket.solved ? ticket.last_reply_at : "");
    return ticket.last_reply_at > known ? ticket : undefined;
  });
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
  const fresh = new Set(each(unread(tickets), (ticket) => ticket.id));
  const rows = each(tickets, (ticket) =>
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
  const [found, written, told] = await Promise.all([call("GET", `/requests/${id}.json`), call("GET", `/requests/${id}/comments.json?include=users&per_page=100`), about().catch(() => undefined)]);
  const title = `#${id}`;
  if (!found.ok || !written.ok) return { title, content: el("p", {}, say("NothingHere")) };
  const ticket = found.said.request;
  keep("seen", { ...kept("seen"), [id]: ticket.last_reply_at ?? "" });
  const people = new Map(each(written.said.users ?? [], (user) => [user.id, user]));
  const messages = each(written.said.comments, (comment) => {
    const author = people.get(comment.author_id);
    const isOurs = author?.agent && comment.author_id !== ticket.requester_id;
    const who = comment.author_id === ticket.requester_id ? say("You") : (author?.name ?? "");
    return el("li", { class: isOurs ? "ours" : "theirs" }, el("p", { class: "hint" }, `${who} · ${moment(comment.created_at)}`), el("p", { class: "words", dir: "auto" }, comment.plain_body), each(comment.attachments ?? [], attached));
  });
  const content = el(
    "div",
    {},
    el("h3", { dir: "auto" }, ticket.subject),
    el("p", {}, statusLine(ticket.status)),
    ticket.promise && !ticket.solved && el("p", { class: "hint" }, `${say("WeSaid")} ${ticket.promise}`),
    heldIn(ticket, told?.asked ?? []),
    el("ol", { class: "messages" }, messages),
    ticket.satisfaction && told?.survey && ratingForm(ticket, told.survey),
    ticket.status === "closed" ? el("p", {}, say("ClosedForYou")) : replyForm(ticket, told),
  );
  return { title, content };
}

/** A file that came with a message. */
function attached(file) {
  return file.inline ? undefined : el("p", {}, el("a", { href: file.content_url, target: "_blank", rel: "noopener", dir: "auto" }, file.file_name), el("span", { class: "hint" }, ` ${Math.max(1, Math.round(file.size / 1000))} kB`));
}

/** How the help was: the one answer that the mail's link asks for, too. */
function ratingForm(ticket, words) {
  const said = ticket.satisfaction;
  if (said.settled) return said.rating ? el("p", { class: "hint" }, `${words.question} ${said.rating} ${words.scale[5 - said.rating]}. ${words.settled}`) : undefined;
  const options = each(words.scale, (name, at) => [String(5 - at), `${5 - at} ${name}`]);
  const more = el("textarea", { rows: 2, maxlength: 2000, dir: "auto" });
  more.value = said.comment ?? "";
  const problem = el("p", { class: "error", role: "alert" });
  const send = el("button", {}, words.send);
  const form = el("form", { class: "rating" }, choice("rating", words.question, options, String(said.rating ?? "")), field(words.words, more), problem, el("div", { class: "actions" }, send, el("span", { class: "hint" }, words.changeable)));
  each(form.querySelectorAll("input"), (input) => input.setAttribute("required", ""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(send, async () => {
      problem.textContent = "";
      try {
        const rating = Number(new FormData(form).get("rating"));
        const answer = await call("POST", `/tickets/${ticket.id}/satisfaction_rating.json`, json({ satisfaction_rating: { rating, comment: more.value } }));
        if (answer.ok) form.replaceWith(el("p", { class: "promise", role: "status" }, words.thanks));
        else problem.textContent = refusal(answer);
      } catch {
        problem.textContent = say("WidgetNoConnection");
      }
    });
  });
  return form;
}

function replyForm(ticket, told) {
  const along = files();
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
        const sent = request.comment ? await along.send() : { said: {}, tokens: [] };
        if (request.comment && sent.tokens) request.comment.uploads = sent.tokens;
        const answer = sent.tokens ? await call("PUT", `/requests/${ticket.id}.json`, json({ request }), { key }) : sent;
        if (answer.said.details?.uploads) along.forget();
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
  const form = el("form", { novalidate: true }, field(say("YourReplyHere"), body, isSolved ? say("SolvedForYou") : undefined), along.place(told), problem, el("div", { class: "actions" }, send, !isSolved && solve));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!body.value.trim() && !along.names().length) {
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
