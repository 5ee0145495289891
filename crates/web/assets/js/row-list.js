// <row-list> around an `ol` of rows: Tab enters at the current row and leaves after it, and J and K move the real
// focus. The row is kept in the history entry, so that Back returns to it. Nothing is ever inserted or sorted here: rows
// that changed are drawn anew in their places, and never the one under the focus or the pointer.
const newsDelay = 300;
const newsEvery = 3_000;
const lookAgain = 30_000;
const ahead = 5;
let turn = 0;
// A select over a list asks at once: what is found takes the place of what is shown, and the address follows.
document.addEventListener('change', async ({ target }) => {
  const { form } = target;
  if (!target.matches('select') || form?.id !== 'filters') return;
  const mine = ++turn;
  try {
    const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    if (!answer.ok) throw answer;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (mine !== turn) return;
    const head = document.querySelector('main .heading');
    const found = page.querySelector('main .heading');
    const { open } = form.parentElement;
    head.querySelector('p').replaceWith(found.querySelector('p'));
    [...head.parentElement.children].forEach((one) => { if (one !== head) one.remove(); });
    head.after(...[...found.parentElement.children].filter((one) => one !== found));
    history.replaceState(null, '', answer.url);
    document.querySelector('.filter-box').open = open;
    document.getElementById(target.id)?.focus();
  } catch { form.submit(); }
});
customElements.define('row-list', class extends HTMLElement {
  connectedCallback() {
    const kept = /^#(row-\d+)-link$/.exec(location.hash)?.[1];
    this.current = history.state?.row ?? kept;
    this.rove();
    const again = performance.getEntriesByType?.('navigation')[0]?.type !== 'navigate';
    if (kept || (again && history.state?.row)) this.focusRow(document.getElementById(this.current));
    this.addEventListener('focusin', (event) => this.enter(event.target.closest('li[id]')));
    this.addEventListener('keydown', (event) => this.press(event));
    this.addEventListener('htmx:afterSwap', () => this.rove());
    this.onKey = (event) => { if (this.move(event.detail.key)) event.preventDefault(); };
    document.addEventListener('key-map:press', this.onKey);
    this.parentElement.addEventListener('change', ({ target }) => this.count(target));
    document.getElementById('bulk')?.addEventListener('reset', () => setTimeout(() => this.count()));
    this.count();
    if (!this.dataset.news) return;
    // Soon, and not too often: what is counted costs.
    this.onNews = () => {
      this.waiting ??= setTimeout(() => this.news(), Math.max(newsDelay, (this.next ?? 0) - performance.now()));
    };
    document.addEventListener('live:tickets', this.onNews);
    this.onChanged = ({ detail }) => this.changed(detail.value);
    document.addEventListener('list:changed', this.onChanged);
    this.onHere = (event) => {
      clearTimeout(this.looking);
      this.looking = setTimeout(() => this.here(), event ? newsDelay : lookAgain);
    };
    document.addEventListener('live:presence', this.onHere);
    // What is new is shown by the page anew, which begins at the first of it.
    document.getElementById('list-news')?.addEventListener('click', (event) => {
      const link = event.target.closest('a');
      if (!link) return;
      event.preventDefault();
      history.replaceState({ row: link.dataset.first }, '', link.href);
      location.reload();
    });
    if (this.querySelector('.row-presence:not(:empty)')) this.onHere();
    this.onSettle = () => this.settle();
    this.addEventListener('focusout', this.onSettle);
    this.addEventListener('pointerout', this.onSettle);
    setTimeout(() => this.prefetch(this.rows.slice(0, ahead)), 500);
  }
  disconnectedCallback() {
    [this.waiting, this.looking].forEach(clearTimeout);
    document.removeEventListener('key-map:press', this.onKey);
    document.removeEventListener('live:presence', this.onHere);
    document.removeEventListener('live:tickets', this.onNews);
    document.removeEventListener('list:changed', this.onChanged);
  }
  get all() {
    return document.querySelector('#bulk [value=all]');
  }
  get rows() {
    return [...this.querySelectorAll('ol > li[id]')];
  }
  get boxes() {
    return [...this.querySelectorAll('li input[type=checkbox]')];
  }
  stops(row) {
    return [...row.querySelectorAll('a[href], input[type=checkbox], summary, button')];
  }
  rove() {
    const rows = this.rows;
    const current = rows.find((row) => row.id === this.current) ?? rows[0];
    this.current = current?.id;
    rows.forEach((row) => this.stops(row).forEach((stop) => { stop.tabIndex = row === current ? 0 : -1; }));
  }
  enter(row) {
    if (!row || row.id === this.current) return;
    this.current = row.id;
    this.rove();
    history.replaceState({ ...history.state, row: row.id }, '');
    const rows = this.rows;
    this.prefetch(rows.slice(rows.indexOf(row)).slice(0, 2));
  }
  press(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && this.dataset.list) {
      const link = event.target.closest('li[id]')?.querySelector('h2 a');
      if (link) { event.preventDefault(); window.open(link.href); }
    }
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const key = { ArrowDown: 'j', ArrowUp: 'k', Home: 'Home', End: 'End', Escape: 'Escape' }[event.key];
    if (key && this.move(key)) event.preventDefault();
  }
  move(key) {
    const rows = this.rows;
    const within = this.contains(document.activeElement);
    const at = rows.findIndex((row) => row.id === this.current);
    const row = rows[at];
    switch (key) {
      case 'j': return this.focusRow(rows[within ? Math.min(at + 1, rows.length - 1) : Math.max(at, 0)]);
      case 'k': return this.focusRow(rows[within ? Math.max(at - 1, 0) : Math.max(at, 0)]);
      case 'Home': return within && this.focusRow(rows[0]);
      case 'End': return within && this.focusRow(rows.at(-1));
      case 'o': return within && this.open(row);
      case 'x': return within && this.select(row);
      case 'shift+x': return within && this.selectTo(rows, at);
      case 'Escape': return this.clear();
      default: return false;
    }
  }
  focusRow(row) {
    const link = this.way(row);
    link?.focus();
    row?.scrollIntoView({ block: 'nearest' });
    return Boolean(link);
  }
  way(row) {
    return row?.querySelector('h2 a, summary, a[href]');
  }
  open(row) {
    this.way(row)?.click();
    return true;
  }
  select(row) {
    const box = row?.querySelector('input[type=checkbox]');
    if (!box) return false;
    box.click();
    this.selectedFrom = row.id;
    return true;
  }
  selectTo(rows, at) {
    const from = Math.max(rows.findIndex((row) => row.id === this.selectedFrom), 0);
    rows.slice(Math.min(from, at), Math.max(from, at) + 1).forEach((row) => {
      const box = row.querySelector('input[type=checkbox]');
      if (box && !box.checked) box.click();
    });
    return true;
  }
  clear() {
    const chosen = this.boxes.filter((box) => box.checked);
    chosen.forEach((box) => { box.checked = false; });
    this.count({});
    return chosen.length > 0;
  }
  // `box` is the one that was just pressed: all of the list, or one that makes it not all any more.
  count(box) {
    if (box && box === this.all) this.boxes.forEach((one) => { one.checked = box.checked; });
    else if (box && this.all && !box.checked) this.all.checked = false;
    const place = document.querySelector('[data-selected]');
    const beyond = this.all?.checked && this.all.dataset.beyond;
    const selected = beyond || this.boxes.filter((one) => one.checked).length;
    document.querySelectorAll('#bulk [data-row]').forEach((one) => { one.hidden = selected > 1; });
    if (place) place.textContent = selected ? place.dataset.selected.replace('{n}', selected) : '';
  }
  // What the reader has just done to these tickets is drawn; the focus is on the first of them.
  changed(ids) {
    this.clear();
    this.rove();
    this.focusRow(this.rows.find((row) => ids.includes(row.id.slice(4))) ?? this.rows[0]);
  }
  async part(to) {
    try {
      const answer = await fetch(to, { headers: { 'HX-Request': 'true' } });
      if (answer.status === 401) answerable.signedOut();
      if (answer.ok && !answer.redirected) return new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch { /* no connection; the next news ask again */ }
    return undefined;
  }
  // One request for everything that changed among the rows that are shown.
  async news() {
    this.next = performance.now() + newsEvery;
    this.waiting = undefined;
    const shown = this.rows.map((row) => `${row.id.slice(4)}.${row.dataset.seq}`).join(',');
    const part = await this.part(`${this.dataset.news}&rows=${shown}`);
    if (!part) return;
    for (const one of part.querySelectorAll('[id^=count-]')) {
      const old = document.getElementById(one.id);
      if (!old?.matches(':focus-within, :has(:checked)')) old?.replaceWith(one);
    }
    document.getElementById('list-news')?.replaceChildren(...part.querySelector('p').childNodes);
    this.fresh = new Map([...part.querySelectorAll('ol > li')].map((row) => [row.id, row]));
    this.settle();
  }
  // Who is at which ticket, in words. Who only closed the lid does not say that they left: then it is looked at again.
  async here() {
    const id = (row) => row.id.slice(4);
    const part = await this.part(`/presence?ids=${this.rows.map(id)}`);
    if (!part) return;
    this.rows.forEach((row) => { row.querySelector('.row-presence').textContent = part.querySelector(`[data-id="${id(row)}"]`)?.textContent ?? ''; });
    if (part.querySelector('p')) this.onHere();
  }
  settle() {
    setTimeout(() => {
      for (const [id, row] of this.fresh ?? []) {
        const old = document.getElementById(id);
        if (old?.matches(':hover, :focus-within')) continue;
        this.fresh.delete(id);
        if (!old) continue;
        const box = old.querySelector('input:checked');
        old.replaceWith(row);
        if (box) row.querySelector('input').checked = true;
      }
      this.rove();
    });
  }
  // Tickets that are likely opened next are asked for before.
  prefetch(rows) {
    if (!this.dataset.list || navigator.connection?.saveData) return;
    this.asked ??= new Set();
    for (const href of rows.map((row) => row.querySelector('h2 a')?.href)) {
      if (!href || this.asked.has(href)) continue;
      this.asked.add(href);
      const link = document.createElement('link');
      Object.assign(link, { rel: 'prefetch', href });
      document.head.append(link);
    }
  }
});
