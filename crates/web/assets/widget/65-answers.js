// Answered questions: searched in a view of their own, and offered below the subject while it is typed.

async function matching(query, most) {
  if (query.trim().length < 3) return [];
  const { ok, said } = await call("GET", `/questions/search.json?per_page=${most}&locale=${language()}&query=${encodeURIComponent(query.slice(0, 300))}`, undefined, { isOpen: true });
  return ok ? said.questions : [];
}

function answerRow(found) {
  return el("li", {}, el("button", { type: "button", class: "row", onclick: () => help.show(() => answerView(found.id)) }, el("span", { class: "subject", dir: "auto", lang: found.locale }, found.title), el("span", { class: "hint", dir: "auto" }, found.excerpt)));
}

let searched = "";

function answersView() {
  const list = el("ul", { class: "rows", "aria-live": "polite" });
  const input = el("input", { type: "search", value: searched, autocomplete: "off", dir: "auto" });
  const find = async () => {
    searched = input.value;
    const found = await matching(searched, 10).catch(() => []);
    if (input.value !== searched) return;
    list.replaceChildren(...each(found, answerRow));
    if (!found.length && searched.trim().length > 2) list.append(el("li", { class: "hint" }, say("NoAnswerFound", { query: searched })));
  };
  input.addEventListener("input", later(find));
  if (searched) find();
  const form = el("form", { role: "search" }, field(say("SearchQuestions"), input));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  return { title: say("WidgetSearch"), content: el("div", {}, form, list, el("div", { class: "actions" }, button(say("AskForHelp"), () => help.show(askView)))) };
}

async function answerView(id) {
  const [{ ok, said }, told] = await Promise.all([call("GET", `/questions/${id}.json`, undefined, { isOpen: true }), about().catch(() => undefined)]);
  const title = say("WidgetSearch");
  if (!ok) return { title, content: el("p", {}, say("NothingHere")) };
  const { question } = said;
  const words = (text) => el("p", { class: "words", dir: "auto", lang: question.locale }, text);
  const verdict = el("div", { class: "actions" }, el("span", {}, say("WasItUseful")));
  const judge = (useful) => async () => {
    await call("POST", `/questions/${id}/feedback.json`, json({ feedback: { useful, version: question.version } }), { isOpen: true }).catch(() => undefined);
    verdict.replaceChildren(el("span", { role: "status" }, say("ThanksForVerdict")));
  };
  verdict.append(button(say("ItWasUseful"), judge(true)), button(say("ItWasNot"), judge(false)));
  const content = el(
    "div",
    {},
    el("h3", { dir: "auto", lang: question.locale }, question.title),
    words(question.details),
    el("div", { class: "answer" }, el("p", { class: "hint" }, say("AcceptedAnswer", { company: told?.company ?? "" })), words(question.answer ?? "")),
    el("p", {}, outside(`/questions/${id}`, say("WidgetOnTheWeb"))),
    verdict,
  );
  return { title, content };
}

/** One line below a field, kept free: what may help before anything is sent. */
function hints(input) {
  const place = el("div", { class: "hints" });
  const find = async () => {
    const query = input.value;
    const found = await matching(query, 3).catch(() => []);
    if (input.value !== query) return;
    const isOpen = place.firstElementChild?.open;
    place.replaceChildren();
    if (found.length) place.append(el("details", { open: isOpen }, el("summary", {}, say("AnswersMayHelp", { n: found.length })), el("ul", { class: "rows" }, each(found, answerRow))));
  };
  input.addEventListener("input", later(find));
  if (input.value) find();
  return place;
}
