// <key-map> once a page. A shortcut presses a control that is there: `data-key="r"`, `data-key="g q"`. Letters do
// nothing in fields, behind a dialog, while an input method composes, or when the reader has switched them off.
const chordWait = 1500;
const catWindow = 150;

customElements.define('key-map', class extends HTMLElement {
  connectedCallback() {
    this.listen = (event) => this.press(event);
    document.addEventListener('keydown', this.listen);
  }
  disconnectedCallback() {
    document.removeEventListener('keydown', this.listen);
  }
  get letters() {
    return this.dataset.letters !== 'off';
  }
  control(key) {
    const all = [...document.querySelectorAll(`[data-key~="${CSS.escape(key)}"], [data-chord="${CSS.escape(key)}"]`)];
    const seen = (element) => element?.checkVisibility?.() ?? element?.offsetParent;
    // What lies in a closed menu can be had by its key as long as the menu's own button is there.
    return all.find(seen) ?? all.find((element) => seen(element.closest('details.menu')?.querySelector('summary')));
  }
  press(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const command = event.ctrlKey || (event.metaKey && !event.ctrlKey);
    if (event.altKey) return;
    if (command) return this.pressCommand(event);
    if (event.key === 'Escape') return this.leave(event);
    if (answerable.typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = this.name(event);
    if (!key || (event.repeat && !['j', 'k'].includes(key))) return;
    if (!this.letters && key.length === 1) return;
    if (this.chord) return this.finish(event, key);
    if (key === '?') return this.act(event, () => this.sheet());
    if (key === 'g') return this.act(event, () => this.begin());
    const handled = new CustomEvent('key-map:press', { bubbles: true, cancelable: true, detail: { key } });
    if (!event.target.dispatchEvent(handled)) return event.preventDefault();
    const target = this.control(key);
    if (target && !this.cat(event)) this.act(event, () => this.use(target));
  }
  pressCommand(event) {
    const mac = /mac/i.test(navigator.platform);
    if (event.key.toLowerCase() === 'k' && !event.shiftKey && (mac ? event.metaKey : event.ctrlKey)) {
      const search = document.querySelector('form[role=search] input');
      if (search) this.act(event, () => search.select());
    }
    if (event.key === 'Enter') {
      const form = event.target.closest?.('form[data-send]');
      if (!form) return;
      const button = form.querySelector(event.shiftKey ? '[data-send-solved]' : '[data-send-button]');
      if (button) this.act(event, () => button.click());
    }
  }
  // A Latin letter, or the letter that stands there on a keyboard of another script.
  name(event) {
    if (event.key.length > 1) return event.shiftKey ? `shift+${event.key}` : event.key;
    let key = event.key;
    if (/\p{L}/u.test(key) && !/^[a-z]$/i.test(key)) key = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? '';
    return event.shiftKey && /^[a-z]$/i.test(key) ? `shift+${key.toLowerCase()}` : key.toLowerCase();
  }
  act(event, action) {
    event.preventDefault();
    action();
  }
  use(target) {
    if (target.matches('summary')) {
      const details = target.parentElement;
      const opened = !details.open || !details.contains(document.activeElement);
      if (details.name || opened) details.open = true; else details.open = false;
      const field = details.open && details.querySelector('textarea');
      (field || target).focus();
    } else if (target.matches('input, select, textarea')) target.focus();
    else target.click();
  }
  leave(event) {
    const field = answerable.typing(event.target);
    if (field && !document.querySelector('dialog[open]')) {
      field.blur();
      const last = [...document.querySelectorAll('.timeline article')].at(-1);
      last?.focus();
    }
    document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; });
    this.end();
  }
  begin() {
    this.chord = 'g';
    this.strip = document.createElement('div');
    this.strip.className = 'chord';
    this.strip.textContent = [...document.querySelectorAll('[data-chord^="g "]')]
      .map((link) => `${link.dataset.chord.slice(2).toUpperCase()} ${this.label(link)}`).join('  ·  ');
    document.body.append(this.strip);
    this.timer = setTimeout(() => this.end(), chordWait);
  }
  finish(event, key) {
    const target = document.querySelector(`[data-chord="${this.chord} ${CSS.escape(key)}"]`);
    this.end();
    if (target) this.act(event, () => target.click());
  }
  end() {
    clearTimeout(this.timer);
    this.chord = undefined;
    this.strip?.remove();
  }
  // Four letters within a blink are dictation or a cat: the last ones run nothing.
  cat(event) {
    this.recent = [...(this.recent ?? []), event.timeStamp].slice(-4);
    return this.recent.length === 4 && event.timeStamp - this.recent[0] < catWindow;
  }
  label(element) {
    return element.dataset.keyLabel ?? element.getAttribute('aria-label') ?? element.firstChild?.textContent.trim() ?? '';
  }
  sheet() {
    const dialog = document.getElementById('keys');
    if (!dialog) return;
    const list = dialog.querySelector('[data-page-keys]');
    list.replaceChildren(...[...document.querySelectorAll('[data-key], [data-chord]')].map((element) => {
      const line = document.createElement('li');
      const keys = document.createElement('kbd');
      keys.textContent = (element.dataset.chord ?? element.dataset.key).toUpperCase();
      line.append(this.label(element), keys);
      return line;
    }));
    dialog.showModal();
  }
});
