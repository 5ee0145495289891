// <draft-keeper name="ticket-7-reply"> around a text area: what was typed outlives reloads, crashes and refusals. The
// copy goes when the server has taken the text, never before.
const pause = 800;

customElements.define('draft-keeper', class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('textarea');
    if (!this.field) return;
    this.key = `draft:${this.getAttribute('name')}`;
    const kept = this.read();
    if (kept && !this.field.value) {
      this.field.value = kept.text;
      this.tell('draftRestored');
    }
    this.field.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), pause);
    });
    this.leave = () => this.keep();
    addEventListener('pagehide', this.leave);
    this.addEventListener('draft:sent', () => this.drop());
    this.closest('form')?.addEventListener('htmx:afterRequest', (event) => {
      if (event.detail.successful) this.drop();
    });
  }
  disconnectedCallback() {
    clearTimeout(this.timer);
    removeEventListener('pagehide', this.leave);
  }
  read() {
    try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; }
  }
  keep() {
    const text = this.field.value;
    if (text === (this.read()?.text ?? '')) return;
    try {
      if (text) localStorage.setItem(this.key, JSON.stringify({ text, at: answerable.now() }));
      else localStorage.removeItem(this.key);
    } catch { return; }
    this.tell(text ? 'draftKept' : '');
  }
  drop() {
    clearTimeout(this.timer);
    try { localStorage.removeItem(this.key); } catch { /* Nothing was kept. */ }
    this.field.value = '';
    this.tell('');
  }
  tell(key) {
    const place = this.closest('form')?.querySelector('.draft');
    if (place) place.textContent = key ? answerable.say(key) : '';
  }
});

// Whoever signs out leaves no words behind on this machine.
document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-signs-out]')) return;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith('draft:')).forEach((key) => localStorage.removeItem(key));
  } catch { /* No storage, nothing kept. */ }
});
