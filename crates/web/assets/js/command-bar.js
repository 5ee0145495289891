// <command-bar> around the search form at the top. While one types, it lists the commands of this page (every control
// with a key, and every place with a chord), matched by word starts and initials, and below them what the server finds.
// What is shown is never put in another order: what the server finds is appended. Without script it is a form.
const barDelay = 120;
const barMost = 6;

customElements.define('command-bar', class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input');
    this.panel = this.querySelector('#bar');
    this.list = this.querySelector('#bar-options');
    if (!this.input || !this.list) return;
    Object.entries({ role: 'combobox', 'aria-controls': 'bar-options', 'aria-expanded': 'false', 'aria-autocomplete': 'list' })
      .forEach(([name, value]) => this.input.setAttribute(name, value));
    this.input.addEventListener('input', () => this.type());
    this.input.addEventListener('focus', () => this.commands());
    this.input.addEventListener('keydown', (event) => this.press(event));
    this.list.addEventListener('click', (event) => this.run(event.target.closest('[data-control]'), event));
    this.addEventListener('focusout', (event) => { if (!this.contains(event.relatedTarget)) this.close(); });
    this.panel.addEventListener('mousedown', (event) => event.preventDefault());
  }
  get options() {
    return [...this.list.querySelectorAll('[role=option]')];
  }
  type() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.commands();
    this.waiting = setTimeout(() => this.ask(), barDelay);
  }
  // The controls of this page whose words fit, as options that press them.
  commands() {
    const typed = this.input.value.trim().toLowerCase();
    const controls = [...document.querySelectorAll('[data-key], [data-chord]')].filter((one) => one !== this.input);
    const fitting = controls.filter((one) => this.fits(this.label(one).toLowerCase(), typed)).slice(0, barMost);
    this.list.replaceChildren();
    if (!fitting.length) return this.show();
    const group = document.createElement('div');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', this.dataset.commands);
    const heading = document.createElement('p');
    heading.className = 'bar-heading';
    heading.setAttribute('aria-hidden', 'true');
    heading.textContent = this.dataset.commands;
    group.append(heading, ...fitting.map((control, at) => this.option(control, at)));
    this.list.append(group);
    this.show();
  }
  option(control, at) {
    const option = document.createElement('div');
    option.className = 'bar-option';
    option.id = `bar-command-${at}`;
    option.setAttribute('role', 'option');
    option.dataset.control = at;
    option.control = control;
    const key = document.createElement('kbd');
    key.textContent = (control.dataset.chord ?? control.dataset.key).toUpperCase();
    option.append(this.label(control), key);
    return option;
  }
  label(element) {
    return element.dataset.keyLabel ?? element.getAttribute('aria-label') ?? element.firstChild?.textContent.trim() ?? '';
  }
  // Every word typed begins a word of the label, or all of it is the initials.
  fits(label, typed) {
    if (!label) return false;
    const words = label.split(/\s+/);
    const initials = words.map((word) => word[0]).join('');
    return typed.split(/\s+/).every((part) => words.some((word) => word.startsWith(part))) || initials.startsWith(typed);
  }
  // A page that shows what is found itself takes it there; else it goes under the commands.
  async ask() {
    const typed = this.input.value.trim();
    const shown = this.hasAttribute('data-searches') && document.getElementById('found');
    if (!typed && !shown) return;
    this.asking = new AbortController();
    const to = `${shown ? '/search' : this.dataset.bar}?${new URLSearchParams({ q: typed })}`;
    try {
      const answer = await fetch(to, { headers: { 'HX-Request': 'true' }, signal: this.asking.signal });
      if (!answer.ok || answer.redirected) return;
      const markup = await answer.text();
      if (shown) {
        shown.innerHTML = markup;
        history.replaceState(history.state, '', `/search?${new URLSearchParams({ q: typed })}`);
        return this.close();
      }
      const part = document.createElement('div');
      part.innerHTML = markup;
      this.list.append(...part.childNodes);
      this.show();
    } catch { /* another letter was typed, or there is no connection */ }
  }
  show() {
    const some = this.options.length > 0;
    this.panel.hidden = !some;
    this.input.setAttribute('aria-expanded', String(some));
    if (!this.options.includes(this.active)) this.choose(undefined);
  }
  close() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.panel.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.choose(undefined);
  }
  choose(option) {
    this.active?.removeAttribute('aria-selected');
    this.active = option;
    if (!option) return this.input.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', 'true');
    this.input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
  press(event) {
    if (event.isComposing) return;
    const options = this.panel.hidden ? [] : this.options;
    const at = options.indexOf(this.active);
    switch (event.key) {
      case 'ArrowDown':
        if (!options.length) this.commands();
        this.choose(this.options[Math.min(at + 1, this.options.length - 1)]);
        return event.preventDefault();
      case 'ArrowUp':
        this.choose(at > 0 ? options[at - 1] : undefined);
        return event.preventDefault();
      case 'Enter':
        return this.run(this.active, event);
      case 'Escape':
        if (this.panel.hidden) return;
        this.close();
        event.stopPropagation();
        return event.preventDefault();
      default:
    }
  }
  run(option, event) {
    if (!option) return;
    event.preventDefault();
    const control = option.control;
    this.close();
    if (!control) return event.ctrlKey || event.metaKey ? window.open(option.href) : option.click();
    this.input.value = '';
    this.input.blur();
    document.querySelector('key-map')?.use(control);
  }
});
