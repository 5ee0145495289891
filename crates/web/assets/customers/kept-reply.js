// <kept-reply name="4-request-7"> around a text area: what was typed is kept in this browser until it stands in the
// conversation. Signing out takes it away with everything else that is stored here.
customElements.define('kept-reply', class extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector('textarea');
    const key = `draft:${this.getAttribute('name')}`;
    const bare = (text) => text.replace(/\s+/g, '');
    try {
      const kept = localStorage.getItem(key) ?? '';
      const isSaid = [...document.querySelectorAll('#timeline .prose')].some((one) => bare(one.textContent) === bare(kept));
      if (isSaid) localStorage.removeItem(key);
      else field.value ||= kept;
      field.addEventListener('input', () => localStorage.setItem(key, field.value));
    } catch {
      // No storage: the browser keeps what it keeps.
    }
  }
});
