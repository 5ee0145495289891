// <modal-box> around the one dialog a page has. A link with `hx-target="#dialog-content"` loads a form into it; the
// same link is a page without script. Escape closes and keeps what was typed, a click outside does nothing.
customElements.define('modal-box', class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector('dialog');
    this.content = this.dialog?.querySelector('[data-dialog-content]');
    if (!this.content) return;
    this.content.addEventListener('htmx:afterSwap', () => this.show());
    this.dialog.addEventListener('click', (event) => {
      if (!event.target.closest('[data-close]')) return;
      event.preventDefault();
      this.dialog.close();
    });
    this.dialog.addEventListener('close', () => this.back());
    document.body.addEventListener('dialog:close', () => this.dialog.close());
  }
  show() {
    if (!this.content.firstElementChild) return this.dialog.close();
    if (this.dialog.open) return;
    this.opener = document.activeElement;
    const heading = this.content.querySelector('h2');
    if (heading) {
      heading.id ||= 'dialog-heading';
      this.dialog.setAttribute('aria-labelledby', heading.id);
    }
    this.dialog.showModal();
    const first = this.content.querySelector('[data-destructive]') ? '[data-close]' : 'input:not([type=hidden]), select, textarea';
    (this.content.querySelector('[autofocus]') ?? this.content.querySelector(first))?.focus();
  }
  back() {
    const row = this.opener?.closest?.('[id]');
    const place = this.opener?.isConnected ? this.opener : document.getElementById(row?.id) ?? document.querySelector('h1');
    place?.focus();
  }
});
