// What is sent along without typing. Each part can be unticked in the form.

let errors = [];

/** Keeps the last errors of the page, if the host has asked for it. Addresses lose what follows their path. */
function watchErrors() {
  const keep = (text) => {
    errors[errors.length] = `${new Date().toISOString().slice(11, 19)} ${String(text).slice(0, 300)}`;
    if (errors.length > 10) errors = each(errors, (one, at) => (at ? one : undefined));
  };
  addEventListener("error", (event) => event.message && keep(event.message));
  addEventListener("unhandledrejection", (event) => keep(`rejected: ${event.reason?.message ?? event.reason}`));
  const before = console.error;
  console.error = function (...words) {
    keep(joined(each(words, (word) => word?.message ?? word), " "));
    return before.apply(this, words);
  };
  try {
    new PerformanceObserver((list) => {
      each(list.getEntries(), ({ name, responseStatus }) => {
        if (responseStatus >= 400 && !name.startsWith(BASE)) keep(`${responseStatus} ${name.split(/[?#]/)[0]}`);
      });
    }).observe({ type: "resource", buffered: true });
  } catch {
    // A browser that cannot watch requests has nothing to say of them.
  }
}

/** A value another script gives, whatever it does. */
function attempt(f) {
  try {
    return f() || undefined;
  } catch {
    return undefined;
  }
}

/** Names and values of what can be sent along now. */
function captured() {
  const posthog = window.posthog;
  const known = {
    page: location.href,
    version: settings.version,
    browser: navigator.userAgent,
    locale: navigator.language,
    zone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
    replay: attempt(() => posthog?.get_session_replay_url({ withTimestamp: true, timestampLookBack: 30 })),
    distinct_id: attempt(() => posthog?.get_distinct_id()),
    errors: errors.length ? errors : undefined,
    ...settings.context,
  };
  return Object.fromEntries(each(Object.entries(known), (pair) => (pair[1] === undefined || pair[1] === "" ? undefined : pair)));
}

function nameOf(part) {
  const names = {
    page: () => say("WidgetPage"),
    version: () => say("WidgetVersion"),
    browser: () => say("WidgetBrowser"),
    locale: () => say("WidgetLanguage"),
    zone: () => say("WidgetZone"),
    replay: () => say("WidgetReplay"),
    distinct_id: () => say("WidgetPerson"),
    errors: () => say("WidgetErrors"),
  };
  return Object.hasOwn(names, part) ? names[part]() : part;
}
