// The words of one language: the one that was set, the page's, or the browser's first that we write.

function language() {
  const wanted = [settings.language, document.documentElement.lang, ...(navigator.languages ?? [])];
  const known = each(wanted, (tag) => {
    const short = (tag ?? "").split("-")[0].toLowerCase();
    return Object.hasOwn(WORDS, short) ? short : undefined;
  });
  return known[0] ?? "en";
}

/** A text by its name, its placeholders filled; with `n` its singular or plural. */
function say(name, values = {}) {
  const forms = WORDS[language()][name].split("|");
  const text = forms.length > 1 && values.n !== 1 ? forms[1] : forms[0];
  return text.replace(/\{(\w+)\}/g, (_, place) => values[place] ?? "");
}

/** When something was said. */
function moment(instant) {
  const form = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const tag = language() === "en" ? "en-GB" : language();
  return new Intl.DateTimeFormat(tag, form).format(new Date(instant));
}
