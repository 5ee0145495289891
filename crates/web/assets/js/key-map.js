// <key-map> once a page. A shortcut presses a control that is there: `data-key="r"`, `data-chord="g q"`. Letters do
// nothing in fields, behind a dialog, while an input method composes, or when the reader has switched them off.
const chordWait = 1500;
// Dictation and cats send their letters faster than a hand: so long a press waits for more of them.
const catWait = 30;
const mac = /Mac|iP/.test(navigator.platform);
customElements.define('key-map', class extends HTMLElement {
  connectedCallback() {
    this.listen = (event) => this.press(event);
    document.addEventListener('keydown', this.listen);
    document.addEventListener('click', (event) => {
      const button = event.target.closest?.('#bulk :is([data-pick], [data-row])');
      if (!button) return;
      event.preventDefault();
      button.closest('details')?.removeAttribute('open');
      this.use(button);
    });
    if (!mac) return;
    document.querySelectorAll('kbd[aria-hidden]').forEach((cap) => { cap.textContent = cap.textContent.replace('Ctrl', '⌘'); });
    document.getElementById('search')?.setAttribute('aria-keyshortcuts', '/ Meta+K');
  }
  disconnectedCallback() {
    document.removeEventListener('keydown', this.listen);
  }
  get letters() {
    return this.dataset.letters !== 'off';
  }
  get bar() {
    return document.querySelector('command-bar');
  }
  control(key) {
    const all = [...document.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`)];
    const seen = (element) => element?.checkVisibility?.() ?? element?.offsetParent;
    // What lies in a closed menu can be had by its key as long as the menu's own button is there; what is set on a row or a
    // selection needs no button of each row.
    return all.find(seen) ?? all.find((element) => element.dataset.pick || element.dataset.row || seen(element.closest('details.menu')?.querySelector('summary')));
  }
  press(event) {
    if (event.isComposing || event.defaultPrevented || event.altKey) return;
    if (event.ctrlKey || event.metaKey) return this.pressCommand(event);
    if (event.key === 'Escape') return this.leave(event);
    if (answerable.typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = this.name(event);
    if (!key || (event.repeat && !['j', 'k'].includes(key))) return;
    if (!this.letters && event.key.length === 1) return;
    if (/^[^\Wjk]$/.test(event.key) && this.isCat(event.timeStamp)) return;
    if (this.chord) return this.finish(event, key);
    if (key === 'g') return this.act(event, () => this.begin());
    if (key === 'shift+t') return this.act(event, () => this.exact());
    if (key === '/' && this.bar && !this.bar.hasAttribute('data-searches')) return this.act(event, () => this.bar.open({ plain: true }));
    const handled = new CustomEvent('key-map:press', { bubbles: true, cancelable: true, detail: { key } });
    if (!event.target.dispatchEvent(handled)) return event.preventDefault();
    const target = this.control(key);
    if (!target) return;
    event.preventDefault();
    // What only moves the focus moves it at once, for the next letters are meant for the field.
    if (/^\w$/.test(key) && !target.matches('input, select, textarea, summary')) this.waiting = setTimeout(() => this.use(target), catWait);
    else this.use(target);
  }
  pressCommand(event) {
    if (event.key.toLowerCase() === 'k' && !event.shiftKey && (mac ? event.metaKey : event.ctrlKey)) {
      if (this.bar && !document.querySelector('dialog[open]')) this.act(event, () => this.bar.open());
    }
    if (event.key === 'Enter') {
      const form = event.target.closest?.('form[data-send]');
      const button = form?.querySelector(event.shiftKey ? '[data-send-solved]' : '[data-send-button]');
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
  // What a command on tickets is meant for: all that is selected, else the row in focus, else the ticket of the page.
  targets() {
    if (document.querySelector('#bulk [data-beyond]:checked')) return ['all'];
    const chosen = [...document.querySelectorAll('row-list[data-list] input:checked')].map((box) => box.value);
    const row = document.activeElement?.closest?.('row-list[data-list] li[data-seq]')?.id.slice(4);
    const page = document.querySelector('[data-ticket]')?.dataset.ticket;
    return chosen.length ? chosen : [row ?? page].filter(Boolean);
  }
  use(target) {
    if (target.dataset.pick) {
      const { pick, value } = target.dataset;
      const ids = this.targets();
      if (!ids.length) return;
      return value === undefined ? this.bar.open({ pick, ids }) : this.bar.apply(pick, ids, { value });
    }
    if (target.dataset.row) {
      const [id] = this.targets();
      const link = document.getElementById(`row-${id}-link`);
      if (!link) return undefined;
      const { row, post } = target.dataset;
      if (row[0] === '#') return location.assign(link.href + row.replace('*', id));
      const to = `/tickets/${id}/${row}`;
      if (post === undefined) return htmx.ajax('GET', to, '#dialog-content');
      return htmx.ajax('POST', to, { values: { csrf: document.querySelector('[name=csrf]').value }, target: 'body', swap: 'none' });
    }
    if (target.matches('summary')) {
      // Again leads back to where one was, and leaves what was shown as it was.
      const details = target.parentElement;
      const back = !details.name && details.open && details.contains(document.activeElement);
      if (!back) Object.assign(this, { from: document.activeElement, was: details.open });
      details.open = !back || this.was;
      (back ? this.from : details.querySelector('textarea') ?? target)?.focus();
    } else if (target.matches('input:not([type=checkbox]), select, textarea')) target.focus();
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
    this.strip.role = 'status';
    document.querySelectorAll('[data-chord^="g "]').forEach((link) => {
      const choice = document.createElement('span');
      const cap = document.createElement('kbd');
      cap.textContent = link.dataset.chord.slice(2).toUpperCase();
      choice.append(cap, ` ${answerable.label(link)}`);
      this.strip.append(choice);
    });
    document.body.append(this.strip);
    this.timer = setTimeout(() => this.end(), chordWait);
  }
  finish(event, key) {
    const target = document.querySelector(`[data-chord="${this.chord} ${CSS.escape(key)}"]`);
    this.end();
    this.act(event, () => target?.click());
  }
  end() {
    clearTimeout(this.timer);
    this.chord = undefined;
    this.strip?.remove();
  }
  // Four letters within a blink that do more than move the focus are dictation or a cat: nothing runs, and the switch is
  // offered.
  isCat(at) {
    clearTimeout(this.waiting);
    this.recent = [...(this.recent ?? []).filter((one) => at - one < 150), at];
    if (this.recent.length < 4) return false;
    this.recent = [];
    const place = document.getElementById('dictation');
    place.showPopover();
    place.querySelector('p').textContent = place.dataset.said;
    return true;
  }
  // Every time as exactly as its title says, and back; what is drawn from now on is written so.
  exact() {
    const on = this.toggleAttribute('data-exact');
    const body = new URLSearchParams({ csrf: document.querySelector('[name=csrf]').value, exact_times: on ? 'on' : 'off' });
    fetch(this.dataset.look, { method: 'POST', body, redirect: 'manual', keepalive: true }).catch(() => {});
    document.querySelectorAll('time[title]').forEach((time) => { [time.textContent, time.title] = [time.title, time.textContent]; });
  }
});
