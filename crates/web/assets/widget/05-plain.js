// Loops of our own, and JSON by hand: pages with old libraries give arrays other methods, and a `toJSON` that would end up
// in the request.

/** What `f` makes of each; what it makes nothing of is left out. */
function each(list, f) {
  const out = [];
  for (let at = 0; at < list.length; at += 1) {
    const one = f(list[at], at);
    if (one !== undefined) out[out.length] = one;
  }
  return out;
}

function joined(list, between) {
  let text = "";
  each(list, (one, at) => {
    text += (at ? between : "") + one;
  });
  return text;
}

function json(value) {
  if (Array.isArray(value)) return `[${joined(each(value, json), ",")}]`;
  if (value && typeof value === "object") {
    const parts = each(Object.keys(value), (key) => (value[key] === undefined || typeof value[key] === "function" ? undefined : `${JSON.stringify(key)}:${json(value[key])}`));
    return `{${joined(parts, ",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
