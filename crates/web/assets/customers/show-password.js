// A button beside a password that shows it, and hides it again; it is there only where this runs.
for (const button of document.querySelectorAll('[data-shows]')) {
  const field = button.previousElementSibling;
  button.hidden = false;
  button.addEventListener('click', () => {
    const shows = field.type === 'password';
    field.type = shows ? 'text' : 'password';
    button.setAttribute('aria-pressed', shows);
  });
}
