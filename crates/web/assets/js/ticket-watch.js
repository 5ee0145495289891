// <ticket-watch to="/tickets/7" data-seq="41">: says that the page is looked at or written on, that it was read once it has
// been visible for two seconds, and puts what is new at the end, but only if the reader is there. Nothing else moves.
const beatEvery = 20_000;
const writesFor = 10_000;
const readAfter = 2_000;

customElements.define('ticket-watch', class extends HTMLElement {
  connectedCallback() {
    this.to = this.getAttribute('to');
    [this.status, this.news] = this.children;
    this.timeline = document.getElementById('timeline');
    document.addEventListener('visibilitychange', () => (document.hidden ? this.leave() : this.come()));
    addEventListener('pagehide', () => this.leave());
    addEventListener('pageshow', (event) => { if (event.persisted) this.come(); });
    document.getElementById('composer')?.addEventListener('input', () => this.write());
    this.news.addEventListener('htmx:afterSwap', () => this.arrived());
    this.news.addEventListener('htmx:configRequest', ({ detail }) => { detail.parameters.since = this.dataset.seq; });
    this.parts = new Map();
    ['focusout', 'pointerout', 'toggle'].forEach((kind) => document.addEventListener(kind, () => this.settle(), true));
    this.news.addEventListener('click', (event) => {
      if (!event.target.closest('[data-show]')) return;
      event.preventDefault();
      this.append()?.focus();
    });
    this.timeline.addEventListener('keydown', (event) => {
      if (!event.target.matches('article') || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (this.step({ ArrowDown: 'j', ArrowUp: 'k' }[event.key] ?? event.key)) event.preventDefault();
    });
    document.addEventListener('key-map:press', (event) => { if (/^[jk]$/.test(event.detail.key) && this.step(event.detail.key)) event.preventDefault(); });
    if (!document.hidden) this.come();
    this.land();
  }
  post(part, fields) {
    const body = new URLSearchParams({ csrf: document.querySelector('[name=csrf]').value, ...fields });
    fetch(`${this.to}/${part}`, { method: 'POST', body, keepalive: true })
      .then(({ status }) => status === 401 && answerable.signedOut(), () => {});
  }
  come() {
    this.leaves();
    this.say('viewing');
    this.timer = setInterval(() => this.say(this.doing), beatEvery);
    this.read();
  }
  read() {
    clearTimeout(this.reading);
    this.reading = setTimeout(() => this.post('seen', { seq: this.dataset.seq }), readAfter);
  }
  leaves() {
    [this.timer, this.reading, this.pausing].forEach(clearTimeout);
  }
  leave() {
    this.leaves();
    this.say('leaving');
  }
  say(doing) {
    this.doing = doing;
    this.post('presence', { doing });
  }
  write() {
    if (this.doing !== 'writing') this.say('writing');
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => this.say('viewing'), writesFor);
  }
  arrived() {
    const parts = this.news.querySelector('template[data-parts]');
    [...parts?.content.children ?? []].forEach((part) => this.parts.set(part.id, part));
    parts?.remove();
    this.settle();
    const composer = document.getElementById('composer');
    const limit = composer?.getBoundingClientRect().top ?? innerHeight;
    this.style.setProperty('--composer', `${composer?.offsetHeight ?? 0}px`);
    const said = this.news.querySelector('[data-said]')?.textContent ?? '';
    // What nobody else has said is no news to be told of, and what stands further down moves nothing.
    if (said && this.timeline.getBoundingClientRect().bottom > limit + 32) return;
    // What is written below the conversation, as on a small screen, would be moved.
    if (composer?.contains(document.activeElement) && getComputedStyle(composer).position === 'static') return;
    if (this.append()) this.status.textContent = said;
  }
  // The parts of the page as they are now take their places, but none that is pointed at, has the focus or was opened.
  settle() {
    setTimeout(() => {
      for (const [id, part] of this.parts) {
        const old = document.getElementById(id);
        if (old?.matches(':hover, :focus-within, [open], :has([open])')) continue;
        this.parts.delete(id);
        if (!old || old.isEqualNode(part)) continue;
        old.replaceWith(part);
        htmx.process(part);
      }
    });
  }
  // The first message that is new.
  append() {
    const template = this.news.querySelector('template');
    if (!template) return undefined;
    const first = template.content.querySelector('article');
    this.timeline.append(template.content);
    const { new: seq } = template.dataset;
    this.dataset.seq = seq;
    // A dialog that is open shows what was there before.
    document.querySelectorAll('#composer [name=seen]').forEach((field) => { field.value = seq; });
    this.news.replaceChildren();
    this.read();
    return first;
  }
  // Along the messages: from the one in focus, else from the first that is in sight.
  step(key) {
    const all = [...this.timeline.querySelectorAll('article')];
    const at = all.indexOf(document.activeElement.closest('#timeline article'));
    const seen = Math.max(all.findIndex((one) => one.getBoundingClientRect().bottom > 0), 0);
    const to = { j: at < 0 ? seen : Math.min(at + 1, all.length - 1), k: at < 0 ? seen : Math.max(at - 1, 0), Home: 0, End: all.length - 1 }[key];
    all[to]?.focus();
    return to !== undefined;
  }
  // Where the reader begins: the message that is named, else, who came by key, the first that is new, else the last.
  land() {
    const [, named] = /^#message-(\d+)$/.exec(location.hash) ?? [];
    if (named && !document.getElementById(`message-${named}`) && !location.search.includes('message=')) {
      return location.replace(`${this.to}?message=${named}${location.hash}`);
    }
    // Where the address leads the browser takes the focus itself, until all is there.
    if (location.hash === '#composer') addEventListener('load', () => document.querySelector('#composer [open] textarea')?.focus());
    if (location.hash || !answerable.byKey || document.querySelector('[autofocus]')) return undefined;
    const first = document.getElementById('new-since')?.nextElementSibling?.querySelector('article');
    return (first ?? [...this.timeline.querySelectorAll('article')].at('unread' in this.dataset ? 0 : -1))?.focus();
  }
});
