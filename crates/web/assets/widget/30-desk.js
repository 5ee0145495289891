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

/** Talks HTTP. The page may have put something of its own in place of `fetch`: what gives no answer is asked otherwise. */
async function reach(url, { method, headers, body, timeout, credentials = "omit" }) {
  try {
    const answer = await fetch(url, { method, headers, body, credentials, cache: "no-store", signal: AbortSignal.timeout?.(timeout) });
    if (typeof answer?.status === "number" && typeof answer.text === "function") {
      return { status: answer.status, text: await answer.text(), wait: answer.headers.get("retry-after") };
    }
  } catch (error) {
    if (error?.name === "TimeoutError") throw error;
  }
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    each(Object.keys(headers), (name) => request.setRequestHeader(name, headers[name]));
    request.timeout = timeout;
    request.onload = () => done({ status: request.status, text: request.responseText, wait: request.getResponseHeader("retry-after") });
    request.onerror = request.ontimeout = () => fail(new Error("no connection"));
    request.send(body ?? null);
  });
}

/** Calls the API. Throws when nobody answered; what was answered is for the caller to judge. What everybody may read is asked for by nobody in particular. */
async function call(method, path, body, { key, isOpen } = {}) {
  const headers = {};
  const known = isOpen ? undefined : await identity();
  const isFile = body instanceof Blob;
  if (known) headers.authorization = `Bearer ${known}`;
  if (body) headers["content-type"] = isFile ? "application/octet-stream" : "application/json";
  if (key) headers["idempotency-key"] = key;
  const { status, text, wait } = await reach(`${BASE}/api/v2${path}`, { method, headers, body, timeout: isFile ? 300_000 : 20_000 });
  const said = attempt(() => JSON.parse(text)) ?? {};
  const doubted = said.identity ?? said.request?.identity;
  if (doubted?.verified === false && (known || settings.user)) {
    tell(`the identity was not believed (${doubted.reason})${doubted.description ? `: ${doubted.description}` : ""}`);
  }
  if (status === 401) forgetToken();
  return { ok: status >= 200 && status < 300, status, said, wait: Number(wait) || 60 };
}

let desk;

/** What the desk says about itself: areas, the fields they go into, the words of the survey. */
async function about() {
  desk ??= (await call("GET", `/widget.json?locale=${language()}`, undefined, { isOpen: true })).said.widget;
  return desk;
}
