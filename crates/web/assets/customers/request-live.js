// <request-live data-topic="ticket:7"> between a conversation and the reply: an answer is put at the end as it comes. Whoever
// writes below it, or reads further up, is told on a line that is kept free for it, and nothing moves until they ask.
const retryAfter = 5_000;

customElements.define('request-live', class extends HTMLElement {
  connectedCallback() {
    [this.said, this.button] = this.children;
    this.timeline = document.getElementById('timeline');
    this.button.addEventListener('click', () => this.append().focus());
    document.addEventListener('visibilitychange', () => this.listen());
    addEventListener('pagehide', () => { clearTimeout(this.again); this.source?.close(); });
    addEventListener('pageshow', ({ persisted }) => persisted && this.listen());
    this.listen();
  }
  // The stream is there while the page is seen; what was missed comes with the first look after it.
  listen() {
    clearTimeout(this.again);
    this.source?.close();
    if (document.hidden) return this.missed = true;
    this.source = new EventSource(`/live?topics=${this.dataset.topic}&at=${this.dataset.at}`);
    this.source.onopen = () => this.missed && this.later();
    this.source.onmessage = () => this.later();
    this.source.onerror = () => {
      this.missed = true;
      // What was refused is not asked for again by itself.
      if (this.source.readyState === 2) this.again = setTimeout(() => this.listen(), retryAfter * (1 + Math.random()));
    };
    this.source.addEventListener('signed-out', () => this.source.close());
    this.source.addEventListener('resync', () => this.later());
  }
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), 300);
  }
  async look() {
    const answer = await fetch(this.dataset.from).catch(() => undefined);
    if (!answer?.ok || answer.redirected) return;
    this.missed = false;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [now, then] = [page, document].map((one) => one.getElementById('request-now'));
    if (now) then?.replaceWith(now);
    this.fresh = [...page.querySelectorAll('#timeline article')].filter(({ id }) => !document.getElementById(id));
    if (!this.fresh.length) return;
    const isBusy = document.querySelector('main form:is(:hover, :focus-within)');
    if (isBusy || this.timeline.getBoundingClientRect().bottom > innerHeight) this.button.hidden = false;
    else this.append();
  }
  append() {
    const [first] = this.fresh;
    this.said.textContent = first.querySelector('h2').textContent;
    this.timeline.append(...this.fresh.map((one) => one.closest('li')));
    this.button.hidden = true;
    return first;
  }
});
