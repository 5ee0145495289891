// What was typed outlives reloads and tunnels: it is kept here until the desk has said yes.

const memory = {};

function kept(name) {
  return attempt(() => JSON.parse(localStorage.getItem(`answerable:${name}`))) ?? memory[name];
}

function keep(name, value) {
  memory[name] = value;
  attempt(() =>
    value === undefined
      ? localStorage.removeItem(`answerable:${name}`)
      : localStorage.setItem(`answerable:${name}`, json(value)),
  );
}

/** Whose words are kept here, so that nobody is shown another's. */
function whose() {
  return String(token ? claims(token).sub : (settings.user?.email ?? ""));
}

function draft() {
  const found = kept("draft");
  return found && found.whose === whose() ? found : { whose: whose(), key: crypto.randomUUID(), typed: {} };
}

let isSending = false;

/** Sends the draft, once however often it is asked to; without a connection it waits. */
async function sendDraft(body) {
  if (isSending) return undefined;
  isSending = true;
  const waiting = draft();
  if (body) keep("draft", { ...waiting, body });
  try {
    const answer = await call("POST", "/requests.json", body ?? waiting.body, waiting.key);
    if (answer.ok) keep("draft", undefined);
    // What the desk has refused is changed and sent again, which makes it another request.
    else keep("draft", { ...waiting, body: undefined, key: crypto.randomUUID() });
    return answer;
  } finally {
    isSending = false;
  }
}

/** Tries again what waits for a connection. */
async function retry() {
  if (!kept("draft")?.body || navigator.onLine === false) return;
  await identity();
  if (!draft().body) return;
  try {
    const answer = await sendDraft();
    if (answer) help.sentLater(answer);
  } catch {
    // Still nobody there: it waits on.
  }
}
