// Talking to the desk: JSON over fetch, with the app's word for who its user is.

let token;

function forgetToken() {
  token = undefined;
}

/** What a token says, unproved: only to know when it is over and whose drafts are here. */
function claims(of) {
  return attempt(() => JSON.parse(atob(of.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")))) ?? {};
}

/** A token that is good for some time yet, if the host gives one. */
async function identity() {
  const isOver = token && claims(token).exp * 1000 < Date.now() + 30_000;
  if (!token || isOver) {
    try {
      const given = typeof settings.identity === "function" ? await settings.identity() : settings.identity;
      token = typeof given === "string" && given ? given : undefined;
    } catch (error) {
      token = undefined;
      tell(`the identity could not be fetched (${error.message}); tickets are made without it`);
    }
  }
  return token;
}

/** Calls the API. Throws when nobody answered; what was answered is for the caller to judge. */
async function call(method, path, body, key) {
  const headers = {};
  const known = await identity();
  if (known) headers.authorization = `Bearer ${known}`;
  if (body) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  const answer = await fetch(`${BASE}/api/v2${path}`, {
    method,
    headers,
    body,
    credentials: "omit",
    signal: AbortSignal.timeout?.(20_000),
  });
  const said = await answer.json().catch(() => ({}));
  const doubted = said.identity ?? said.request?.identity;
  if (doubted?.verified === false && (known || settings.user)) {
    tell(`the identity was not believed (${doubted.reason})${doubted.description ? `: ${doubted.description}` : ""}`);
  }
  if (answer.status === 401) forgetToken();
  return { ok: answer.ok, status: answer.status, said, wait: Number(answer.headers.get("retry-after")) || 60 };
}

let desk;

/** What the desk says about itself: areas, and the fields they go into. */
async function about() {
  desk ??= (await call("GET", "/widget.json")).said.widget;
  return desk;
}
