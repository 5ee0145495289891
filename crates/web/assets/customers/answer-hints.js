// <answer-hints for="id" data-from="/address?q=">: answered questions that fit what is typed into a field, on one line
// below it that is kept free for them; nothing moves unless the line is opened.
customElements.define('answer-hints', class extends HTMLElement {
  connectedCallback() {
    const field = document.getElementById(this.getAttribute('for'));
    if (!field) return;
    this.before = [...this.childNodes];
    field.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(field.value.trim()), 250);
    });
    if (field.value.trim()) this.ask(field.value.trim());
  }
  async ask(text) {
    this.asking?.abort();
    if (text.length < 3) return this.show();
    this.asking = new AbortController();
    try {
      const answer = await fetch(this.dataset.from + encodeURIComponent(text.slice(0, 300)), { headers: { 'hx-request': 'true' }, signal: this.asking.signal });
      if (answer.ok) this.show(await answer.text());
    } catch {
      // Without an answer the way to the search stays.
    }
  }
  show(markup = '') {
    const isOpen = this.querySelector('details')?.open;
    const found = document.createElement('template');
    found.innerHTML = markup;
    this.replaceChildren(...(found.content.children.length ? [found.content] : this.before));
    const details = this.querySelector('details');
    if (details && isOpen) details.open = true;
  }
});
