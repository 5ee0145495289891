// <draft-keeper name="2-ticket-7-reply" to="/tickets/7/drafts/reply"> around a text area: what was typed outlives reloads,
// crashes, conflicts and refusals. It is sent to the server 800 ms after the last key; this browser has a copy until the
// server has it, or until the form was sent.
const pause = 800;

customElements.define('draft-keeper', class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('textarea');
    this.form = this.closest('form');
    this.key = `draft:${this.getAttribute('name')}`;
    this.device = this.stored('device') ?? this.store('device', crypto.randomUUID?.() ?? `${Math.random()}`.slice(2));
    this.goesOn = this.dataset.device;
    this.begin();
    this.field.addEventListener('input', () => this.typed());
    this.addEventListener('click', (event) => this.use(event.target.closest('[data-use]')));
    this.form.addEventListener('submit', (event) => this.submit(event));
    this.leave = () => { if (this.waiting) this.put(); };
    this.back = () => this.stored(this.key) && this.put();
    addEventListener('pagehide', this.leave);
    addEventListener('online', this.back);
  }
  disconnectedCallback() {
    clearTimeout(this.waiting);
    removeEventListener('pagehide', this.leave);
    removeEventListener('online', this.back);
  }
  stored(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }
  store(key, value) {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value)); else localStorage.removeItem(key);
    } catch { /* No storage: the server has what there is. */ }
    return value;
  }
  // A copy is here when the server did not have it, or when nobody knows whether the form arrived.
  async begin() {
    const kept = this.stored(this.key);
    if ('typed' in this.dataset) return this.typed();
    if (!kept) return;
    if (kept.sent) {
      const answer = await fetch(`${this.getAttribute('to')}?${new URLSearchParams({ key: kept.sent })}`).catch(() => null);
      if (answer?.status === 204) return this.store(this.key);
    }
    const { value } = this.field;
    if (kept.text === value) return this.put();
    if (value && kept.at < Date.parse(this.dataset.at)) return this.offer(kept.text, kept.at);
    if (value) this.offer(value, Date.parse(this.dataset.at));
    this.field.value = kept.text;
    this.put();
  }
  typed() {
    this.store(this.key, { text: this.field.value, at: answerable.now() });
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.put(), pause);
  }
  async put() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    if (this.sending) return this.sending.then(() => this.put());
    const text = this.field.value;
    const { csrf, idempotency_key: key, upload } = this.form.elements;
    const body = new URLSearchParams({ csrf: csrf.value, key: key.value, body: text, device: this.device });
    if (upload) body.set('upload', upload.value);
    if (this.goesOn) body.set('goes_on', this.goesOn);
    this.sending = fetch(this.getAttribute('to'), { method: 'PUT', body, keepalive: text.length < 20_000 })
      .then(async (answer) => {
        const said = await answer.text();
        const taken = answer.ok && !answer.redirected;
        if (answer.status === 401) answerable.signedOut();
        if (taken && this.field.value === text && !this.stored(this.key)?.sent) this.store(this.key);
        if (taken) this.goesOn = undefined;
        this.tell(taken || answer.status === 422 ? said : answerable.say('notSaved'));
      }, () => this.tell(answerable.say('notSaved')));
    await this.sending;
    this.sending = undefined;
  }
  submit(event) {
    if (event.defaultPrevented) return;
    clearTimeout(this.waiting);
    this.waiting = undefined;
    const kept = { text: this.field.value, at: answerable.now(), sent: this.form.elements.idempotency_key.value };
    this.store(this.key, kept);
    if (navigator.onLine) return;
    event.preventDefault();
    this.tell(answerable.say('sendsWhenBack'));
    addEventListener('online', () => this.form.requestSubmit(event.submitter), { once: true });
  }
  // What is shown is put where the chosen one was, so that neither is lost.
  use(button) {
    if (!button) return;
    const older = button.closest('details');
    const place = older.querySelector('[data-older]');
    const { value } = this.field;
    this.field.value = place.textContent;
    place.textContent = value;
    older.open = false;
    older.hidden = !value;
    this.field.focus();
    this.typed();
  }
  offer(text, at) {
    const older = document.createElement('details');
    older.className = 'older';
    older.innerHTML = '<summary></summary><div dir="auto" data-older></div><button class="button" type="button" data-use></button>';
    const [summary, place, button] = older.children;
    summary.textContent = answerable.say('draftHere', { time: answerable.time(at) });
    place.textContent = text;
    button.textContent = answerable.say('draftUse');
    this.field.before(older);
  }
  tell(text) {
    const place = this.form.querySelector('.draft');
    if (place) place.textContent = text;
  }
});

// Whoever signs out leaves no words behind on this machine.
document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-signs-out]')) return;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith('draft:')).forEach((key) => localStorage.removeItem(key));
  } catch { /* No storage, nothing kept. */ }
});
