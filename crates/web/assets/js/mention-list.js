// <mention-list for="ticket-7-note">: while one types `@bo` in a note, those are offered whom a note can name.
customElements.define('mention-list', class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute('for'));
    this.list = this.firstElementChild;
    this.field.setAttribute('aria-controls', this.list.id);
    this.field.addEventListener('input', () => this.look());
    this.field.addEventListener('keydown', (event) => this.press(event));
    this.field.addEventListener('blur', () => this.close());
    this.list.addEventListener('mousedown', (event) => { event.preventDefault(); this.take(event.target.closest('li')); });
  }
  async look() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(before);
    this.asked = found?.[1];
    if (!found) return this.close();
    this.from = before.length - found[1].length;
    const answer = await fetch(`/mentions?${new URLSearchParams({ q: found[1] })}`, { headers: { 'HX-Request': 'true' } }).catch(() => ({}));
    if (!answer.ok || found[1] !== this.asked) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = !this.list.firstElementChild;
    this.choose(this.list.firstElementChild);
  }
  choose(option) {
    if (this.chosen) this.chosen.ariaSelected = null;
    this.chosen = option;
    if (!option) return this.field.removeAttribute('aria-activedescendant');
    option.ariaSelected = 'true';
    this.field.setAttribute('aria-activedescendant', option.id);
  }
  press(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const { firstElementChild: first, lastElementChild: last } = this.list;
    const action = {
      ArrowDown: () => this.choose(this.chosen?.nextElementSibling ?? first),
      ArrowUp: () => this.choose(this.chosen?.previousElementSibling ?? last),
      Enter: () => this.take(this.chosen),
      Tab: () => this.take(this.chosen),
      Escape: () => this.close(),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
  take(option) {
    if (!option) return;
    this.field.setRangeText(`${option.dataset.value} `, this.from, this.field.selectionStart, 'end');
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    this.close();
  }
  close() {
    this.asked = undefined;
    this.list.hidden = true;
    this.choose(undefined);
  }
});
