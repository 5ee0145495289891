// <leaving-in until="…" data-words="Reply to Dana leaves in {n} s.">: counts down, and is gone once the reply has left.
customElements.define('leaving-in', class extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => {
      const left = Math.ceil((Date.parse(this.getAttribute('until')) - answerable.now()) / 1_000);
      if (left < 1) return (this.closest('.notice, .strip') ?? this).remove();
      this.firstElementChild.textContent = this.dataset.words.replace('{n}', left);
    }, 500);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
  }
});
