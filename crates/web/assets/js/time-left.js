// <time-left due="…" soon="10800">: keeps the words of a running promise true by the server's clock. Spans have two
// units and are rounded down. Everything else about it stays as the server wrote it; it is no live region.
const minute = 60_000;
const day = 86_400_000;

const span = (length) => {
  const minutes = Math.floor(length / minute);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return answerable.say('underMinute');
  if (hours < 1) return answerable.say('minutes', { m: minutes });
  if (hours < 24) return answerable.say('hoursMinutes', { h: hours, m: minutes % 60 });
  return answerable.say('daysHours', { d: Math.floor(hours / 24), h: hours % 24 });
};

const state = (left, soon) => {
  if (left < 0) return 'over';
  return left <= soon ? 'soon' : 'running';
};

customElements.define('time-left', class extends HTMLElement {
  connectedCallback() {
    if (!this.hasAttribute('due')) return;
    this.tick();
    this.timer = setInterval(() => this.tick(), 5_000);
    this.onClock = () => this.tick();
    document.addEventListener('live:clock', this.onClock);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener('live:clock', this.onClock);
  }
  tick() {
    const left = Date.parse(this.getAttribute('due')) - answerable.now();
    if (left >= day) return;
    const now = state(left, Number(this.getAttribute('soon') ?? 0) * 1_000);
    const text = answerable.say(left < 0 ? 'over' : 'left', { span: span(Math.abs(left)) });
    const place = this.querySelector('time');
    if (!text || place.textContent === text) return;
    place.textContent = text;
    if (this.classList.contains(now)) return;
    this.classList.remove('running', 'soon', 'over');
    this.classList.add(now);
    const use = this.querySelector('use');
    use?.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${now}`));
  }
});
