// Asking for help: the form, and what the desk promised.

function severities() {
  return [
    ["critical", say("SeverityCritical"), say("SeverityCriticalHint")],
    ["high", say("SeverityHigh"), say("SeverityHighHint")],
    ["medium", say("SeverityMedium"), say("SeverityMediumHint")],
    ["low", say("SeverityLow"), say("SeverityLowHint")],
  ];
}

/** The form. Whoever is signed in by the app is not asked who they are. */
async function askView() {
  const [known, told] = await Promise.all([identity(), about().catch(() => undefined)]);
  const now = draft();
  const typed = now.typed;
  const isKnown = Boolean(known || settings.user?.email);
  const line = (name, attributes) => el("input", { name, value: typed[name] ?? "", dir: "auto", ...attributes });
  const email = line("email", { type: "email", autocomplete: "email" });
  const name = line("name", { autocomplete: "name" });
  const subject = line("subject", { autocomplete: "off", maxlength: 255 });
  const areas = [["", say("NoArea")], ...each(told?.areas ?? [], (area) => [area.slug, area.name])];
  const area = el("select", { name: "area" }, each(areas, ([value, words]) => el("option", { value, selected: value === (typed.area ?? settings.area ?? "") }, words)));
  const body = el("textarea", { name: "body", rows: 5, dir: "auto" });
  body.value = typed.body ?? "";
  const asked = each(told?.asked ?? [], (one) => fieldOf(one, typed));
  const parts = captured();
  const send = el("button", { class: "primary" }, say("Send"));
  const problem = el("p", { class: "error", role: "alert" });
  const form = el(
    "form",
    { novalidate: true },
    problem,
    !isKnown && [field(say("Email"), email), field(`${say("YourName")} ${say("Optional")}`, name)],
    field(say("AskSubject"), subject),
    hints(subject),
    areas.length > 1 && field(say("Area"), area),
    choice("severity", `${say("HowBad")} ${say("Optional")}`, severities(), typed.severity),
    each(asked, (one) => one.view),
    field(say("TellUs"), body, say("TellUsHint")),
    asking.place(told, true),
    alongView(parts),
    el("div", { class: "actions" }, send),
  );
  form.addEventListener("input", () => keep("draft", { ...draft(), body: undefined, typed: values(form) }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(send, () => submit(form, problem, { email, subject, body, asked }, isKnown, told, parts));
  });
  const gone = lost();
  if (gone.length) problem.textContent = say("WidgetFilesGone", { names: joined(gone, ", ") });
  else if (now.body) problem.textContent = say("WidgetKeptOffline");
  return { title: say("AskForHelp"), content: form };
}

/** What is sent along, each with a box to untick. */
function alongView(parts) {
  const rows = each(Object.entries(parts), ([part, value]) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "checkbox", name: `along:${part}`, checked: true }),
      el("span", {}, nameOf(part), " ", el("span", { class: "value", dir: "auto" }, typeof value === "string" ? value : json(value))),
    ),
  );
  return el("details", { class: "along" }, el("summary", {}, `${say("WidgetAlong")}: ${joined(each(Object.keys(parts), nameOf), ", ")}`), el("p", { class: "hint" }, say("WidgetAlongHint")), rows);
}

function values(form) {
  return Object.fromEntries(each([...new FormData(form)], (pair) => (pair[0].startsWith("along:") ? undefined : pair)));
}

function complain(controls, isKnown, problem) {
  const asked = each(controls.asked, (one) => [one.control, wrongIn(one)]);
  const missing = [
    [controls.email, !isKnown && !controls.email.value.includes("@") && say("EmailMissing")],
    [controls.subject, !controls.subject.value.trim() && say("SubjectMissing")],
    ...asked,
    [controls.body, !controls.body.value.trim() && say("BodyMissing")],
  ];
  const wrong = each(missing, ([control, sentence]) => {
    if (control.complain) control.complain(sentence || undefined);
    else if (sentence) problem.textContent = sentence;
    return sentence ? [control] : undefined;
  });
  wrong[0]?.[0].focus();
  return wrong.length > 0;
}

async function submit(form, problem, controls, isKnown, told, parts) {
  problem.textContent = "";
  if (complain(controls, isKnown, problem)) return;
  const typed = values(form);
  const ticked = new FormData(form);
  const context = Object.fromEntries(each(Object.entries(parts), (pair) => (ticked.has(`along:${pair[0]}`) ? pair : undefined)));
  const fields = told?.fields ?? {};
  const own = each([[fields.area, typed.area], [fields.severity, typed.severity]], (pair) => (pair[0] && pair[1] ? pair : undefined));
  const custom = Object.fromEntries([...own, ...saidIn(controls.asked)]);
  const known = await identity();
  const body = {
    request: {
      requester: known || settings.user?.email ? undefined : { email: typed.email.trim(), name: typed.name || undefined },
      subject: typed.subject,
      comment: { body: typed.body },
      custom_fields: custom,
      context,
    },
    identity: known ? undefined : settings.user,
  };
  try {
    const answer = await sendDraft(body);
    if (!answer) return;
    if (answer.ok) return help.show(() => sentView(answer.said.request, typed.email));
    problem.textContent = refusal(answer);
  } catch {
    problem.textContent = say("WidgetKeptOffline");
  }
  problem.scrollIntoView?.({ block: "nearest" });
}

/** Why the desk did not take it. */
function refusal({ status, said, wait }) {
  if (status === 429) return say("WidgetTooOften", { n: wait });
  const details = status === 422 ? each(Object.values(said.details ?? {}), (some) => joined(each(some, (one) => one.description), " ")) : [];
  return joined(details, " ") || say("WidgetNotSent");
}

function sentView(request, email) {
  const isOwn = request.identity?.verified;
  if (isOwn) keep("asks", true);
  const content = el(
    "div",
    {},
    el("p", { class: "promise" }, request.promise ?? ""),
    email && el("p", { class: "hint" }, say("WidgetCopy", { email })),
    el("div", { class: "actions" }, isOwn && button(say("OpenRequest"), () => help.show(() => ticketView(request.id)), "primary"), button(say("WidgetDone"), () => help.close(), isOwn ? "plain" : "primary")),
  );
  return { title: say("RequestNumber", { id: request.id }), content, isLast: true };
}
