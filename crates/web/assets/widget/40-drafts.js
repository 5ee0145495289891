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

/** Sends the draft, once however often it is asked to; without a connection it waits. Files go ahead of it. */
async function sendDraft(body) {
  if (isSending) return undefined;
  isSending = true;
  const waiting = draft();
  const whole = body ?? waiting.body;
  if (body) keep("draft", { ...waiting, body, files: asking.names() });
  const send = async (key) => {
    const sent = await asking.send();
    if (!sent.tokens) return sent;
    whole.request.comment.uploads = sent.tokens;
    return call("POST", "/requests.json", json(whole), { key });
  };
  try {
    let answer = await send(waiting.key);
    if (answer.said.details?.uploads) {
      // Whoever sent them was somebody else, or it was too long ago: they go once more.
      asking.forget();
      answer = await send(crypto.randomUUID());
    }
    if (answer.ok) {
      keep("draft", undefined);
      asking.clear();
    } else {
      // What the desk has refused is changed and sent again, which makes it another request.
      keep("draft", { ...waiting, body: undefined, files: asking.names(), key: crypto.randomUUID() });
    }
    return answer;
  } finally {
    isSending = false;
  }
}

/** Names of files that a draft had and that did not outlive the page. */
function lost() {
  return asking.names().length ? [] : (draft().files ?? []);
}

/** Tries again what waits for a connection. What has lost its files waits for its author. */
async function retry() {
  if (!kept("draft")?.body || navigator.onLine === false) return;
  await identity();
  if (!draft().body || lost().length) return;
  try {
    const answer = await sendDraft();
    if (answer) help.sentLater(answer);
  } catch {
    // Still nobody there: it waits on.
  }
}
