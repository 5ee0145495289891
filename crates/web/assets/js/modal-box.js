// <modal-box> around the one dialog a page has. A link with `hx-target="#dialog-content"` loads a form into it; the
// same link is a page without script. What is refused stays there; what is done closes it. Escape closes it and keeps what was
// typed for when it is opened again, a click outside does nothing.
customElements.define('modal-box', class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector('dialog');
    this.content = this.dialog?.querySelector('[data-dialog-content]');
    if (!this.content) return;
    this.typed = {};
    this.content.addEventListener('htmx:afterSwap', ({ target }) => { if (target === this.content) this.show(); });
    this.content.addEventListener('input', ({ target: { form } }) => { if (form) this.typed[form.action] = [...new FormData(form)]; });
    // Done in a list, it is told there.
    this.content.addEventListener('htmx:configRequest', ({ detail }) => {
      const list = document.querySelector('row-list[data-list]');
      if (list) detail.parameters.from ||= list.dataset.list;
    });
    this.dialog.addEventListener('click', (event) => {
      if (!event.target.closest('[data-close]')) return;
      event.preventDefault();
      this.dialog.close();
    });
    this.dialog.addEventListener('close', () => this.back());
    document.body.addEventListener('dialog:close', ({ target }) => {
      delete this.typed[target.action];
      this.dialog.close();
    });
  }
  show() {
    const box = this.content;
    if (!box.firstElementChild) return this.dialog.close();
    for (const form of box.querySelectorAll('form[method=post]')) {
      form.setAttribute('hx-post', form.getAttribute('action'));
      htmx.process(form);
      const typed = this.typed[form.action];
      for (const field of typed ? form.elements : []) {
        const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
        if (field.matches('[type=checkbox], [type=radio]')) field.checked = values.includes(field.value);
        else if (values.length && !field.matches('[type=hidden], [type=file], [multiple]')) [field.value] = values;
      }
    }
    const heading = box.querySelector('h2');
    if (heading) {
      heading.id ||= 'dialog-heading';
      this.dialog.setAttribute('aria-labelledby', heading.id);
    }
    if (!this.dialog.open) {
      this.opener = document.activeElement;
      this.dialog.showModal();
    }
    const first = box.querySelector('[data-destructive]') ? '[data-close]' : 'input:not([type=hidden]), select, textarea';
    (box.querySelector('[autofocus], [aria-invalid], :has(> .error) input') ?? box.querySelector(first))?.focus();
  }
  back() {
    this.content.replaceChildren();
    const row = this.opener?.closest?.('[id]');
    const place = this.opener?.isConnected ? this.opener : document.getElementById(row?.id) ?? document.querySelector('h1');
    place?.focus();
  }
});
