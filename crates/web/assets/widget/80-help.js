// The button and the panel, in a shadow root that the page's styles and keys do not reach.

const help = {
  host: undefined,
  root: undefined,
  panel: undefined,
  views: [],

  /** Puts the button onto the page: nothing else happens until it is pressed. */
  start() {
    this.host = document.createElement("answerable-help");
    this.host.setAttribute("data-theme", settings.theme ?? "auto");
    this.root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.root.adoptedStyleSheets = [sheet];
    this.news = el("span", { class: "badge", hidden: true });
    this.opener = el("button", { type: "button", class: "opener", lang: language(), "aria-haspopup": "dialog", "aria-expanded": "false", hidden: !settings.button, onclick: () => (this.isOpen() ? this.close() : this.open()) }, el("span", { "aria-hidden": "true" }, "?"), " ", say("WidgetHelp"), this.news);
    this.root.append(this.opener);
    // The page's shortcuts are not meant for what is typed here.
    each(["keydown", "keypress", "keyup"], (kind) => this.root.addEventListener(kind, (event) => event.stopPropagation()));
    document.body.append(this.host);
    setTimeout(countNews, 1000);
    document.addEventListener("visibilitychange", () => document.hidden || countNews());
    performance.mark("answerable-ready");
  },

  /** How many tickets have news, on the closed button. */
  tell(fresh) {
    this.news.hidden = fresh === 0;
    this.news.textContent = say("WidgetUnread", { n: fresh });
  },

  isOpen() {
    return Boolean(this.panel?.open);
  },

  build() {
    this.heading = el("h2", { id: "heading", tabindex: -1 });
    this.back = el("button", { type: "button", class: "quiet", onclick: () => this.goBack() }, el("span", { "aria-hidden": "true" }, "‹ "), say("WidgetBack"));
    const close = el("button", { type: "button", class: "quiet", "aria-label": say("Close"), onclick: () => this.close() }, "×");
    this.content = el("div", { class: "content" });
    this.status = el("p", { class: "hidden", role: "status" });
    this.panel = el("dialog", { lang: language(), "aria-labelledby": "heading" }, el("header", {}, this.back, this.heading, close), this.content, this.status);
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        this.close();
      }
    });
    this.panel.addEventListener("close", () => this.closed());
    this.root.append(this.panel);
  },

  async open(view) {
    if (!this.panel) this.build();
    if (!this.isOpen()) {
      if (matchMedia("(max-width: 640px)").matches) this.panel.showModal();
      else this.panel.show();
      this.opener.setAttribute("aria-expanded", "true");
    }
    this.views = [];
    const views = { ask: askView, tickets: ticketsView, answers: answersView };
    await this.show(menuView);
    if (Object.hasOwn(views, view)) await this.show(views[view]);
  },

  close() {
    this.panel?.close();
  },

  closed() {
    this.opener.setAttribute("aria-expanded", "false");
    if (!this.opener.hidden) this.opener.focus();
    countNews();
  },

  async goBack() {
    const before = this.views[this.views.length - 2] ?? menuView;
    this.views.length = Math.max(0, this.views.length - 2);
    await this.show(before);
  },

  /** Shows a view; what comes late, because another was asked for meanwhile, is dropped. */
  async show(make, { isSame = false } = {}) {
    if (isSame) this.views.length -= 1;
    this.views[this.views.length] = make;
    const place = this.views.length;
    this.panel.setAttribute("aria-busy", "true");
    let view;
    try {
      view = await make();
    } catch {
      view = { title: say("WidgetHelp"), content: el("div", {}, el("p", {}, say("WidgetNoConnection"))) };
    }
    if (this.views.length !== place || this.views[place - 1] !== make) return;
    this.panel.removeAttribute("aria-busy");
    this.heading.textContent = view.title;
    this.content.replaceChildren(view.content);
    this.content.scrollTop = 0;
    if (view.isLast) this.views = [menuView, make];
    this.back.hidden = this.views.length < 2;
    this.heading.focus({ preventScroll: true });
  },

  /** What waited for a connection has arrived. */
  sentLater(answer) {
    if (!answer.ok || !this.panel) return;
    if (this.isOpen()) this.show(() => sentView(answer.said.request));
    else this.status.textContent = say("WidgetSent");
  },
};

/** The menu. News of one's tickets come when it is open, without moving anything. */
function menuView() {
  const badge = el("span", { class: "badge", hidden: true });
  ownTickets()
    .then((tickets) => {
      const fresh = tickets ? unread(tickets).length : 0;
      badge.hidden = fresh === 0;
      badge.textContent = say("WidgetUnread", { n: fresh });
    })
    .catch(() => undefined);
  const entry = (words, view, more) => el("li", {}, el("button", { type: "button", class: "row", onclick: () => help.show(view) }, words, more));
  const content = el(
    "ul",
    { class: "rows" },
    entry(say("AskForHelp"), askView),
    entry(say("WidgetTickets"), ticketsView, badge),
    entry(say("WidgetSearch"), answersView),
    el("li", {}, outside(`/support-hours?lang=${language()}`, say("SupportHours"))),
  );
  content.querySelector("a").className = "row";
  return { title: say("WidgetHelp"), content };
}
