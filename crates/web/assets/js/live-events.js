// <live-events topics="ticket:7,tickets"> once a page. Each event says only what changed; it is told again as
// `live:ticket-7` on the body, and whoever shows that fetches its own fragment. Whatever was missed while there was no
// stream is not told one by one: the first thing on a stream that is opened again is `resync`, and every region fetches.
const hiddenFor = 30_000;
const silentFor = 40_000;
const retryFirst = 1_000;
const retryLast = 30_000;

customElements.define('live-events', class extends HTMLElement {
  connectedCallback() {
    this.retry = retryFirst;
    this.onHide = () => this.close();
    this.onShow = (event) => { if (event.persisted) this.open(); };
    this.onVisible = () => this.visible();
    addEventListener('pagehide', this.onHide);
    addEventListener('pageshow', this.onShow);
    document.addEventListener('visibilitychange', this.onVisible);
    // A page that was asked for ahead, that a cache had, or that begins in the background has missed something.
    const { deliveryType, type } = performance.getEntriesByType('navigation')[0] ?? {};
    this.missed = document.hidden || deliveryType || type === 'back_forward';
    if (!document.hidden) this.open();
  }
  disconnectedCallback() {
    removeEventListener('pagehide', this.onHide);
    removeEventListener('pageshow', this.onShow);
    document.removeEventListener('visibilitychange', this.onVisible);
    this.close();
  }
  visible() {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(() => this.close(), hiddenFor);
    else if (!this.source) this.open();
  }
  open() {
    this.close();
    this.source = new EventSource(`/live?${new URLSearchParams({ topics: this.topics, ...(this.missed ? { again: 1 } : { at: this.getAttribute('at') }) })}`);
    this.missed = true;
    this.source.onerror = () => this.again();
    this.source.onmessage = (event) => this.tell(event);
    this.source.addEventListener('heartbeat', () => this.connected());
    this.source.addEventListener('signed-out', () => { answerable.signedOut(); this.again(true); });
    this.source.addEventListener('resync', (event) => this.tell(event, 'resync'));
    this.source.addEventListener('clock', (event) => this.tell(event, 'clock'));
    this.listenForSilence();
  }
  close() {
    clearTimeout(this.reopening);
    clearTimeout(this.silence);
    this.source?.close();
    this.source = undefined;
  }
  get topics() {
    return this.getAttribute('topics') ?? '';
  }
  // Not all at the same moment, after the server was away.
  again(quiet) {
    this.close();
    if (!quiet) this.online(false);
    if (document.hidden) return;
    this.reopening = setTimeout(() => this.open(), this.retry * (0.5 + Math.random()));
    this.retry = Math.min(this.retry * 2, retryLast);
  }
  listenForSilence() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), silentFor);
  }
  connected() {
    this.retry = retryFirst;
    this.online(true);
    this.listenForSilence();
  }
  // An event is {"topic": "ticket:7"}; a resync asks every region to fetch once, and says how late it is.
  tell(event, named) {
    this.connected();
    const detail = JSON.parse(event.data);
    const again = named === 'resync';
    if (again) answerable.signedOut(false);
    for (const topic of again ? ['clock', ...this.topics.split(',')] : [named ?? detail.topic]) {
      document.body.dispatchEvent(new CustomEvent(`live:${topic.replaceAll(':', '-')}`, { bubbles: true, detail }));
    }
  }
  online(yes) {
    const line = document.getElementById('connection');
    if (!line || line.hidden === yes) return;
    line.hidden = yes;
    line.textContent = yes ? '' : answerable.say('offline', { time: answerable.time() });
  }
});
