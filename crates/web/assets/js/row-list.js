// <row-list> around an `ol` of rows: Tab enters at the current row and leaves after it, and J and K move the real
// focus. The row is kept in the history entry, so that Back returns to it. Nothing is ever inserted or sorted here.
customElements.define('row-list', class extends HTMLElement {
  connectedCallback() {
    this.current = history.state?.row;
    this.rove();
    this.addEventListener('focusin', (event) => this.enter(event.target.closest('li[id]')));
    this.addEventListener('keydown', (event) => this.press(event));
    this.addEventListener('htmx:afterSwap', () => this.rove());
    this.onKey = (event) => { if (this.move(event.detail.key)) event.preventDefault(); };
    document.addEventListener('key-map:press', this.onKey);
    this.addEventListener('change', () => this.count());
    this.count();
  }
  disconnectedCallback() {
    document.removeEventListener('key-map:press', this.onKey);
  }
  get rows() {
    return [...this.querySelectorAll(':scope > ol > li[id]')];
  }
  stops(row) {
    return [...row.querySelectorAll('a[href], input[type=checkbox]')];
  }
  rove() {
    const rows = this.rows;
    const current = rows.find((row) => row.id === this.current) ?? rows[0];
    rows.forEach((row) => this.stops(row).forEach((stop) => { stop.tabIndex = row === current ? 0 : -1; }));
  }
  enter(row) {
    if (!row || row.id === this.current) return;
    this.current = row.id;
    this.rove();
    history.replaceState({ ...history.state, row: row.id }, '');
  }
  press(event) {
    if (event.ctrlKey && event.key === 'Enter') return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const key = { ArrowDown: 'j', ArrowUp: 'k', Home: 'Home', End: 'End' }[event.key];
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
      case 'Escape': return false;
      default: return false;
    }
  }
  focusRow(row) {
    const link = row?.querySelector('h2 a, a[href]');
    link?.focus();
    row?.scrollIntoView({ block: 'nearest' });
    return Boolean(link);
  }
  open(row) {
    row?.querySelector('h2 a, a[href]')?.click();
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
  count() {
    const place = document.querySelector('[data-selected]');
    const selected = this.querySelectorAll('li input[type=checkbox]:checked').length;
    if (place) place.textContent = answerable.say('selected', { n: selected });
  }
});
