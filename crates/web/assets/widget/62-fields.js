// What an admin wants to know besides: the fields that customers fill in.

/** A field with its control, and what it says. */
function fieldOf(one, typed) {
  const name = `field_${one.id}`;
  const label = one.required ? one.title : `${one.title} ${say("Optional")}`;
  const isMany = one.type === "multiselect";
  if (isMany || one.type === "checkbox") {
    const options = isMany ? one.options : [{ value: "true", name: one.title }];
    const key = (option) => `${name}:${option.value}`;
    const boxes = each(options, (option) => el("input", { type: "checkbox", name: key(option), checked: Boolean(typed[key(option)]) }));
    const rows = each(options, (option, at) => el("label", { class: "choice" }, boxes[at], el("span", { dir: "auto" }, option.name)));
    const hint = one.description && el("p", { class: "hint" }, one.description);
    const view = isMany ? el("fieldset", { class: "field" }, el("legend", { dir: "auto" }, label), hint, rows) : el("div", { class: "field" }, rows, hint);
    return { one, view, control: boxes[0], value: () => each(options, (option, at) => (boxes[at].checked ? option.value : undefined)) };
  }
  const options = [["", say("KindOpen")], ...each(one.options, (option) => [option.value, option.name])];
  const control =
    one.type === "tagger"
      ? el("select", { name }, each(options, ([value, words]) => el("option", { value, selected: value === typed[name] }, words)))
      : el(one.type === "textarea" ? "textarea" : "input", { name, dir: "auto", type: one.type === "date" ? "date" : undefined });
  if (one.type !== "tagger") control.value = typed[name] ?? "";
  return { one, view: field(label, control, one.description), control, value: () => control.value.trim() };
}

/** What is wrong with what a field says. */
function wrongIn({ one, value }) {
  const got = value();
  if (!got.length) return one.required ? say("FieldMissing", { field: one.title }) : undefined;
  if (one.type === "integer" && !/^[+-]?\d+$/.test(got)) return say("FieldInteger", { field: one.title, got });
  if (one.type === "decimal" && !Number.isFinite(Number(got))) return say("FieldDecimal", { field: one.title, got });
  return undefined;
}

/** What fields say, as the desk takes it: nothing of those that say nothing. */
function saidIn(fields) {
  return each(fields, ({ one, value }) => {
    const got = value();
    return got.length ? [one.id, one.type === "checkbox" ? true : got] : undefined;
  });
}

/** What a ticket holds, in words. */
function heldIn(ticket, asked) {
  return each(asked, (one) => {
    const held = each(ticket.custom_fields ?? [], (field) => (field.id === one.id ? field.value : undefined))[0];
    if (held === undefined || held === null || held === false || held === "") return undefined;
    const name = (value) => each(one.options, (option) => (option.value === value ? option.name : undefined))[0] ?? String(value);
    const words = held === true ? say("Yes") : Array.isArray(held) ? joined(each(held, name), ", ") : name(held);
    return el("p", { class: "hint", dir: "auto" }, `${one.title}: ${words}`);
  });
}
