// Once a page: a second tag changes nothing.

const before = window.Answerable;
if (!before?.open) {
  if (before) configure(before);
  window.Answerable = {
    /** Opens the menu, or with "ask", "tickets" or "answers" that part. */
    open: (view) => help.open(view),
    close: () => help.close(),
    /** Changes settings: identity, user, context, version, area, language, theme, screenshot. */
    configure,
  };
  if (settings.errors) watchErrors();
  const start = () => {
    help.start();
    addEventListener("online", retry);
    if (kept("draft")?.body) retry();
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start, { once: true });
}
