// The zone this browser is in, for the times on the pages that come after this one.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
if (timeZone && !document.cookie.includes(`zone=${timeZone}`)) {
  document.cookie = `zone=${timeZone};path=/;max-age=31536000;samesite=lax`;
}
