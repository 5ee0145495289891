// <text-tools for="id">: the row of buttons that puts Markdown around what is selected; a link is picked in the command bar.
// It shows only when it works.
const around = { bold: '**', code: '`' };
const before = { list: '- ', quote: '> ' };

customElements.define('text-tools', class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute('for'));
    // Just behind a dialog the field does not know where its caret was.
    this.field.addEventListener('blur', ({ target }) => { this.at = [target.selectionStart, target.selectionEnd]; });
    this.addEventListener('click', (event) => this.press(event.target.closest('button[data-mark]')?.dataset.mark));
    this.addEventListener('keydown', (event) => this.move(event));
    this.buttons = [...this.querySelectorAll('button')];
    this.buttons.slice(1).forEach((button) => { button.tabIndex = -1; });
  }
  press(mark) {
    const { field, at: [from, to] = [0, 0] } = this;
    if (!mark) return;
    const chosen = field.value.slice(from, to);
    const put = (text, caret) => {
      field.closest('details').open = true;
      field.focus();
      field.setRangeText(text, from, to, 'end');
      field.selectionEnd -= caret;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    if (mark === 'link') {
      const write = ({ title = '', value: to }) => put(`[${chosen || title}](${to})`, title ? 0 : 1);
      return document.querySelector('command-bar').open({ pick: mark, ids: [field.id], typed: chosen, write });
    }
    const open = around[mark] ?? before[mark];
    if (mark === 'code' && chosen.includes('\n')) return put(`\`\`\`\n${chosen}\n\`\`\`\n`, 0);
    if (before[mark]) put(open + chosen.replaceAll('\n', `\n${open}`), 0);
    else put(open + chosen + open, chosen ? 0 : open.length);
  }
  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = this.buttons.at((this.buttons.indexOf(event.target) + step) % this.buttons.length);
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
});
