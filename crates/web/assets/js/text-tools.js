// <text-tools for="id">: the row of buttons that puts Markdown around what is selected. It shows only when it works.
const around = { bold: ['**', '**'], link: ['[', '](https://)'], code: ['`', '`'] };
const before = { list: '- ', quote: '> ' };

customElements.define('text-tools', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', (event) => this.press(event.target.closest('button[data-mark]')?.dataset.mark));
    this.addEventListener('keydown', (event) => this.move(event));
    this.buttons.forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
  }
  get buttons() {
    return [...this.querySelectorAll('button')];
  }
  press(mark) {
    const field = document.getElementById(this.getAttribute('for'));
    if (!mark || !field) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const chosen = value.slice(from, to);
    const [open, close] = around[mark] ?? [before[mark], ''];
    const text = before[mark] ? chosen.replaceAll('\n', `\n${open}`) : chosen;
    field.focus();
    field.setRangeText(open + text + close, from, to, 'end');
    if (!chosen) field.setSelectionRange(from + open.length, from + open.length);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { buttons } = this;
    const next = buttons.at((buttons.indexOf(event.target) + step) % buttons.length);
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  }
});
