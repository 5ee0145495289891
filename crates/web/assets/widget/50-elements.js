// Elements without markup: text is always text, whoever wrote it.

/** An element with attributes, listeners (`onclick`) and children. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  each(Object.keys(attributes), (key) => {
    const value = attributes[key];
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  });
  put(element, children);
  return element;
}

function put(element, child) {
  if (Array.isArray(child)) each(child, (one) => put(element, one));
  else if (child !== undefined && child !== false) element.append(child);
}

function button(label, onclick, look = "plain") {
  return el("button", { type: "button", class: look, onclick }, label);
}

let count = 0;

/** A field with its label, its hint and the place where its error stands. */
function field(label, control, hint) {
  const id = `f${++count}`;
  control.id = id;
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  control.setAttribute("aria-describedby", `${id}-error${hint ? ` ${id}-hint` : ""}`);
  control.complain = (sentence) => {
    error.textContent = sentence ?? "";
    error.hidden = !sentence;
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  control.addEventListener("input", () => control.complain());
  return el("div", { class: "field" }, el("label", { for: id }, label), hint && el("p", { class: "hint", id: `${id}-hint` }, hint), error, control);
}

/** One of a few, all visible: value, words, hint. */
function choice(name, legend, options, chosen) {
  const rows = each(options, ([value, words, hint]) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name, value, checked: value === chosen }), el("span", {}, words, " ", hint && el("span", { class: "hint" }, hint))),
  );
  return el("fieldset", { class: "field" }, el("legend", {}, legend), rows);
}

/** Shows that a button works, without letting it be pressed twice. */
async function busy(pressed, work) {
  if (pressed.getAttribute("aria-disabled")) return;
  pressed.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    pressed.removeAttribute("aria-disabled");
  }
}

/** Some time after the last of many calls. */
function later(work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), 250);
  };
}
