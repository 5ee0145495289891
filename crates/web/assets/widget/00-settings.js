// What the host's page has said: on the script's tag, in `window.Answerable` before it ran, or by `configure` later.

const SCRIPT = document.currentScript;
const BASE = new URL(SCRIPT.src).origin;
const TAG = SCRIPT.dataset;

const settings = {
  identity: TAG.identityUrl ? () => fromAddress(TAG.identityUrl) : TAG.identity,
  user: undefined,
  version: TAG.version,
  area: TAG.area,
  language: TAG.lang,
  theme: TAG.theme,
  errors: TAG.errors === "on",
  button: TAG.button !== "off",
  context: {},
};

/** Fetches a fresh token from the host's own server: text, or JSON with `token`. */
async function fromAddress(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) return undefined;
  const text = (await answer.text()).trim();
  return text.startsWith("{") ? JSON.parse(text).token : text;
}

function configure(more) {
  for (const key of Object.keys(more)) {
    if (key === "context") settings.context = { ...settings.context, ...more.context };
    else if (key in settings) settings[key] = more[key];
  }
  if ("identity" in more || "user" in more) forgetToken();
  if ("theme" in more && help.host) help.host.setAttribute("data-theme", settings.theme ?? "auto");
}

/** Says something to the host's developer, once. */
const said = new Set();
function tell(sentence) {
  if (said.has(sentence)) return;
  said.add(sentence);
  console.warn(`Answerable: ${sentence}`);
}

/** JSON by hand: pages with old libraries give arrays a `toJSON` of their own, which would end up in the request. */
function json(value) {
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  if (value && typeof value === "object") {
    const kept = Object.keys(value).filter((key) => value[key] !== undefined && typeof value[key] !== "function");
    return `{${kept.map((key) => `${JSON.stringify(key)}:${json(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
