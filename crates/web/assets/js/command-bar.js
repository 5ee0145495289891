// <command-bar> around the search form at the top and one dialog. The dialog goes, finds and does: it lists the commands of
// this page, matched by word starts and initials, and below them what the server finds, which is appended and never puts
// what is shown in another order. Opened for a ticket or a selection it offers what can be set there: the same bar, so that
// there is no second picker to learn. Without script the search form is a form, and each action a page.
const barDelay = 80;
const barMost = 8;
customElements.define('command-bar', class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('form input');
    this.dialog = this.querySelector('dialog');
    this.input = this.dialog?.querySelector('input');
    if (!this.input) return;
    this.list = this.dialog.querySelector('[role=listbox]');
    this.scope = this.dialog.querySelector('.bar-scope');
    const inPage = this.hasAttribute('data-searches');
    this.field.addEventListener('input', () => (inPage ? this.later(() => this.searchHere()) : this.open({ typed: this.field.value })));
    if (!inPage) this.field.addEventListener('click', () => this.open());
    this.input.addEventListener('input', () => this.type());
    this.input.addEventListener('keydown', (event) => this.press(event));
    this.list.addEventListener('click', (event) => {
      event.preventDefault();
      this.run(event.target.closest('[role=option]'), event.ctrlKey || event.metaKey);
    });
    this.dialog.querySelector('[data-close]').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener('close', () => this.closed());
  }
  // `pick` says what is to be set on the tickets `ids`, or what `write` is given; without it the bar goes and finds. A plain
  // search has no commands.
  open({ typed = '', pick, ids = [], plain = false, write } = {}) {
    if (document.querySelector('dialog[open]')) return;
    Object.assign(this, { went: false, pick, ids, plain, write, opener: document.activeElement, choices: undefined, found: document.querySelector('key-map').targets() });
    this.field.value = this.field.defaultValue;
    this.scope.textContent = '';
    this.input.value = typed;
    this.input.placeholder = pick ? this.dataset.pick : this.field.placeholder;
    this.list.replaceChildren();
    this.dialog.showModal();
    this.type(true);
  }
  closed() {
    // What was chosen has opened it again.
    if (this.dialog.open) return;
    clearTimeout(this.waiting);
    this.asking?.abort();
    if (this.went) { this.went = false; return; }
    const row = this.opener?.closest?.('li[id]');
    const back = this.opener?.isConnected && this.opener !== document.body ? this.opener : document.getElementById(row?.id)?.querySelector('a');
    (back ?? document.querySelector('h1'))?.focus();
  }
  get options() {
    return [...this.list.querySelectorAll('[role=option]')];
  }
  // What Enter runs; a plain search goes to its page until something is chosen.
  first() {
    return this.plain ? undefined : this.options.find((one) => one.ariaDisabled !== 'true');
  }
  // Whether the server narrows what can be picked.
  get served() {
    return /tags|link/.test(this.pick);
  }
  get typed() {
    return this.input.value.trim();
  }
  later(what, wait = barDelay) {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.waiting = setTimeout(what, wait);
  }
  type(first) {
    if (this.pick) {
      if (this.choices) this.narrow();
      if (!this.choices || this.served) this.later(() => this.ask(), first ? 0 : barDelay);
    } else {
      this.commands();
      this.later(() => this.ask(), first ? 0 : barDelay);
    }
  }
  // The controls of this page whose words fit, as options that press them; and what cannot be done now, with the reason.
  commands() {
    const typed = this.typed.toLowerCase();
    const fitting = (selector) => [...document.querySelectorAll(selector)]
      .filter((one) => !one.closest('dialog') && one !== this.field && this.fits(answerable.label(one).toLowerCase(), typed));
    const page = this.plain ? [] : fitting('[data-key], [data-command]').sort((a, b) => !a.closest('main') - !b.closest('main'));
    const go = this.plain ? [] : fitting('[data-chord]');
    const closed = this.plain ? [] : [...document.querySelectorAll('template[data-closed]')]
      .flatMap((template) => [...template.content.children]).filter((one) => this.fits(one.textContent.toLowerCase(), typed));
    this.list.replaceChildren(
      ...this.group(this.dataset.page, [...page.map((one) => ((one.dataset.pick ?? one.dataset.row) && !this.found.length ? this.reason(one, this.dataset.none) : this.option(one))), ...closed.map((one) => this.reason(one, one.dataset.reason))].slice(0, typed ? barMost : 12)),
      ...(typed ? this.group(this.dataset.go, go.map((one) => this.option(one)).slice(0, barMost)) : []),
    );
    this.choose(this.first());
  }
  group(label, options) {
    if (!options.length) return [];
    const group = document.createElement('div');
    group.role = 'group';
    group.ariaLabel = label;
    const heading = document.createElement('p');
    heading.className = 'bar-heading';
    heading.ariaHidden = 'true';
    heading.textContent = label;
    group.append(heading, ...options);
    return [group];
  }
  option(control) {
    const option = document.createElement('div');
    option.className = 'bar-option';
    option.role = 'option';
    option.control = control;
    const count = control.querySelector('.count + .hidden')?.textContent;
    option.append(answerable.label(control), count ? `, ${count}` : '');
    const key = control.dataset.chord ?? control.dataset.key;
    if (key) {
      const cap = document.createElement('kbd');
      cap.textContent = key.toUpperCase().replace('SHIFT+', '⇧');
      option.append(cap);
    }
    return option;
  }
  reason(line, text) {
    const option = this.option(line);
    option.control = undefined;
    option.ariaDisabled = 'true';
    const why = document.createElement('span');
    why.className = 'muted';
    why.textContent = text;
    option.append(' ', why);
    return option;
  }
  // Every word typed begins a word of the label, or all of it is the initials.
  fits(label, typed) {
    if (!label) return false;
    const words = label.split(/[\s,:…]+/);
    const initials = words.map((word) => word[0]).join('');
    return typed.split(/\s+/).every((part) => words.some((word) => word.startsWith(part))) || initials.startsWith(typed);
  }
  async get(to) {
    this.asking = new AbortController();
    try {
      const answer = await fetch(to, { headers: { 'HX-Request': 'true' }, signal: this.asking.signal });
      const text = await answer.text();
      if (answer.ok && !answer.redirected) return text;
      if (answer.status === 401) answerable.signedOut();
      this.scope.textContent = text;
    } catch (error) {
      // Unless another letter was typed.
      if (error.name !== 'AbortError') this.scope.textContent = answerable.say('notDone');
    }
    return undefined;
  }
  async ask() {
    const query = new URLSearchParams({ q: this.typed });
    if (this.pick) {
      query.set('do', this.pick);
      this.ids.forEach((id) => query.append('id', id));
    } else if (!this.typed) query.set('recent', answerable.recent().join(','));
    const markup = await this.get(`${this.pick ? this.dataset.choices : this.dataset.bar}?${query}`);
    if (markup === undefined || !this.dialog.open) return;
    const part = document.createElement('div');
    part.innerHTML = markup;
    if (this.pick) {
      this.scope.textContent = part.querySelector('[data-scope]')?.dataset.scope ?? '';
      this.choices = [...part.querySelectorAll('[role=option]')];
      return this.narrow();
    }
    this.list.append(...part.childNodes);
    if (!this.active) this.choose(this.first());
  }
  narrow() {
    const typed = this.served ? '' : this.typed.toLowerCase();
    this.list.replaceChildren(...this.choices.filter((one) => this.fits(one.textContent.trim().toLowerCase(), typed)));
    this.choose(this.first());
  }
  // A page that shows what is found itself takes it there.
  async searchHere() {
    const query = new URLSearchParams({ q: this.field.value.trim() });
    const markup = await this.get(`/search?${query}`);
    if (markup === undefined) return;
    document.getElementById('found').innerHTML = markup;
    history.replaceState(history.state, '', `/search?${query}`);
  }
  choose(option) {
    if (this.active) this.active.ariaSelected = null;
    this.active = option;
    this.options.forEach((one, at) => { one.id ||= `bar-option-${at}`; });
    if (!option) return this.input.removeAttribute('aria-activedescendant');
    option.ariaSelected = 'true';
    this.input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
  press(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const options = this.options.filter((one) => one.ariaDisabled !== 'true');
      this.choose(options[Math.max(0, Math.min(options.indexOf(this.active) + step, options.length - 1))]);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (this.active) this.run(this.active, event.ctrlKey || event.metaKey);
      else if (this.typed && !this.pick) this.go(`/search?${new URLSearchParams({ q: this.typed })}`);
    }
  }
  run(option, newTab) {
    if (!option || option.ariaDisabled === 'true') return;
    const { control } = option;
    const { pick, ids, write } = this;
    if (newTab && (control?.href || option.href)) return window.open(control?.href ?? option.href);
    if (option.href && !('dialog' in option.dataset)) return this.go(option.href);
    this.went = Boolean(control ?? write);
    this.dialog.close();
    if (control) {
      if (!control.isConnected) return;
      const row = this.opener?.closest?.('li[id]');
      if (row) row.querySelector('a')?.focus();
      document.querySelector('key-map').use(control);
    } else if (option.href) htmx.ajax('GET', option.href, { target: '#dialog-content', swap: 'innerHTML' });
    else if (write) write(option.dataset);
    else this.apply(pick, ids, { [option.dataset.field]: option.dataset.value });
  }
  go(to) {
    this.went = true;
    location.assign(to);
  }
  // Sets it, as of what is shown of the one ticket: what changes is drawn anew in its place.
  apply(what, ids, value) {
    const list = document.querySelector('row-list[data-list]');
    const { seq } = document.querySelector(`#row-${CSS.escape(ids)}[data-seq], #ticket-${CSS.escape(ids)}-state`)?.dataset ?? {};
    const values = { csrf: document.querySelector('input[name=csrf]')?.value, do: what, ...value, id: ids, from: list?.dataset.list ?? location.pathname + location.search };
    if (seq) values.seen = `${ids}.${Math.abs(seq)}`;
    return htmx.ajax('POST', '/bulk', { values, target: 'body', swap: 'none' });
  }
});
