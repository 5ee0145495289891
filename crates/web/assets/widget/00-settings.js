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
  screenshot: undefined,
  context: {},
};

/** Fetches a fresh token from the host's own server: text, or JSON with `token`. */
async function fromAddress(address) {
  const { status, text } = await reach(address, { method: "GET", headers: {}, credentials: "same-origin", timeout: 20_000 });
  if (status !== 200) return undefined;
  const said = text.trim();
  return said.startsWith("{") ? JSON.parse(said).token : said;
}

function configure(more) {
  each(Object.keys(more), (key) => {
    if (key === "context") settings.context = { ...settings.context, ...more.context };
    else if (key in settings) settings[key] = more[key];
  });
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
