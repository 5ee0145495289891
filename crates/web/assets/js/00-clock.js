// The server's clock as this page knows it. The browser's own clock is never asked what time it is; it only measures
// how long the page has been open. In the demo the server's clock may stand still, and then so does this one.
const meta = (name) => document.querySelector(`meta[name="${name}"]`);

globalThis.answerable = {
  meta,
  // The server's words for the few sentences that are written here.
  words: JSON.parse(meta('words')?.content ?? '{}'),
  startedAt: Date.parse(meta('now')?.content),
  measuredFrom: performance.now(),
  now() {
    const still = meta('now')?.dataset.clock === 'still';
    return this.startedAt + (still ? 0 : performance.now() - this.measuredFrom);
  },
  time(at = this.now()) {
    const form = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: this.words.zone };
    return new Intl.DateTimeFormat(document.documentElement.lang, form).format(at);
  },
  say(key, values = {}) {
    return (this.words[key] ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  },
  // What a control is called: its own words without what only eyes see.
  label: (element) => element.dataset.keyLabel ?? element.getAttribute('aria-label') ?? element.firstChild?.textContent.trim() ?? '',
  // The last tickets somebody looked at, by their numbers alone.
  recent: () => { try { return JSON.parse(sessionStorage.getItem('recent')) ?? []; } catch { return []; } },
  typing: (element) => element?.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'),
};

document.addEventListener('live:clock', (event) => {
  const { now, clock } = event.detail ?? {};
  if (!now) return;
  answerable.startedAt = Date.parse(now);
  answerable.measuredFrom = performance.now();
  if (clock) meta('now').dataset.clock = clock;
}, true);
const ticketHere = document.querySelector('[data-ticket]')?.dataset.ticket;
if (ticketHere) {
  try {
    const recent = [ticketHere, ...answerable.recent().filter((one) => one !== ticketHere)].slice(0, 6);
    sessionStorage.setItem('recent', JSON.stringify(recent));
  } catch { /* No storage, nothing kept. */ }
}

// Whether this page was opened by key: then the focus goes to where the reading begins.
try {
  answerable.byKey = sessionStorage.getItem('by') === 'keydown';
  ['keydown', 'pointerdown'].forEach((kind) => addEventListener(kind, () => sessionStorage.setItem('by', kind), true));
} catch { /* No storage: as by pointer. */ }
// Once everything here stands: where nothing else begins, the heading does.
setTimeout(() => {
  if (answerable.byKey && document.activeElement === document.body && !location.hash && !document.querySelector('[autofocus]')) document.querySelector('h1')?.focus({ preventScroll: true });
});
