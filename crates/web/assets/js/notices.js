// What could not be done is said where one looks: in the dialog that is open, else where notices are. Nothing is taken from
// the page because of it.
answerable.tell = (text) => {
  const line = document.createElement('p');
  line.textContent = text;
  const dialog = document.querySelector('dialog[open] [data-dialog-content]');
  if (dialog) {
    line.className = 'error';
    line.role = 'alert';
    dialog.querySelector(':scope > [role=alert]')?.remove();
    return dialog.prepend(line);
  }
  const notice = document.createElement('div');
  notice.className = 'notice';
  line.role = 'status';
  notice.append(line);
  document.getElementById('notices').replaceChildren(notice);
};
// With the way back to this page, where what was typed is kept.
answerable.signedOut = (yes = true) => {
  const line = document.getElementById('signed-out');
  line.hidden = !yes;
  line.querySelector('a').href = `/?${new URLSearchParams({ back: location.pathname + location.search })}`;
};
// What fetches by itself says nothing: the next news ask again.
const failed = ({ detail: { xhr, target, requestConfig } }) => {
  if (xhr.status === 401) answerable.signedOut();
  if (requestConfig.verb === 'get' && target.id !== 'dialog-content' && requestConfig.triggeringEvent?.type !== 'click') return;
  answerable.tell(xhr.responseText || answerable.say('notDone'));
};
['responseError', 'sendError'].forEach((name) => document.body.addEventListener(`htmx:${name}`, failed));

// A form that was sent is busy until there is an answer, and sent twice it is sent once.
const busyFor = 10_000;
const rest = (form) => {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-disabled]').forEach((button) => { button.ariaDisabled = null; });
};
document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  if ('busy' in form.dataset) {
    event.preventDefault();
    return event.stopImmediatePropagation();
  }
  if (form.method !== 'post') return undefined;
  form.dataset.busy = '';
  return setTimeout(() => {
    if (event.defaultPrevented && !form.classList.contains('htmx-request')) return rest(form);
    if (submitter) submitter.ariaDisabled = 'true';
    return setTimeout(() => rest(form), busyFor);
  });
}, true);
document.body.addEventListener('htmx:afterRequest', ({ target }) => rest(target));
addEventListener('pageshow', () => document.querySelectorAll('[data-busy]').forEach(rest));
