// <live-events topics="ticket:7,view:mine" since="41"> once a page. Each event says only what changed and its number;
// it is told again as `live:ticket-7` on the body, and whoever shows that fetches its own fragment.
const hiddenFor = 30_000;
const silentFor = 40_000;
const retryFirst = 1_000;
const retryLast = 30_000;

customElements.define('live-events', class extends HTMLElement {
  connectedCallback() {
    this.since = this.getAttribute('since') ?? '0';
    this.retry = retryFirst;
    this.onHide = () => this.close();
    this.onShow = (event) => { if (event.persisted) { this.open(); this.tell({}, 'resync'); } };
    this.onVisible = () => this.visible();
    addEventListener('pagehide', this.onHide);
    addEventListener('pageshow', this.onShow);
    document.addEventListener('visibilitychange', this.onVisible);
    if (!document.hidden) this.open();
    // A page that was asked for ahead, or that a cache had, catches up.
    const { deliveryType, type } = performance.getEntriesByType('navigation')[0] ?? {};
    if (deliveryType || type === 'back_forward') setTimeout(() => this.tell({}, 'resync'));
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
    const query = new URLSearchParams({ topics: this.getAttribute('topics') ?? '', since: this.since });
    this.source = new EventSource(`/live?${query}`);
    this.source.onopen = () => { this.retry = retryFirst; this.online(true); this.listenForSilence(); };
    this.source.onerror = () => this.again();
    this.source.onmessage = (event) => this.tell(event);
    this.source.addEventListener('heartbeat', () => this.listenForSilence());
    this.source.addEventListener('resync', (event) => this.tell(event, 'resync'));
    this.source.addEventListener('clock', (event) => this.tell(event, 'clock'));
  }
  close() {
    clearTimeout(this.reopening);
    clearTimeout(this.silence);
    this.source?.close();
    this.source = undefined;
  }
  again() {
    this.close();
    this.online(false);
    if (document.hidden) return;
    this.reopening = setTimeout(() => this.open(), this.retry);
    this.retry = Math.min(this.retry * 2, retryLast);
  }
  listenForSilence() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), silentFor);
  }
  // An event is {"topic": "ticket:7", "since": 42, …}; a resync asks every region to fetch once.
  tell(event, named) {
    this.listenForSilence();
    let detail;
    try { detail = JSON.parse(event.data); } catch { detail = {}; }
    this.since = event.lastEventId || detail.since || this.since;
    const topics = named === 'resync' ? (this.getAttribute('topics') ?? '').split(',') : [named ?? detail.topic ?? ''];
    for (const topic of topics.filter(Boolean)) {
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
