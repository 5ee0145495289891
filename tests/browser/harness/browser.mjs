// Chromium, one visitor at a time, and what every page is held to: no error, no violation, nothing cut off.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const EXECUTABLE = process.env.ANSWERABLE_CHROMIUM ?? "/usr/bin/chromium";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SCREENSHOTS = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The widths and colour schemes a page has to look right in. */
export const WIDTHS = { 1440: 900, 375: 812 };
export const SCHEMES = ["light", "dark"];

/** Starts a browser with a fresh profile; it is closed when the test ends. */
export async function startBrowser(test, more = []) {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: [...QUIET, ...more] });
  test.after(() => browser.close());
  return browser;
}

/**
 * A person with a browser of their own: no cookie is shared, and everything the console complains of is kept. A `scheme` is
 * emulated, and so is little motion; without one nothing is, for each page is styled and laid out once more before it is
 * left when something is.
 */
export async function visitor(browser, demo, { width = 1440, scheme = "light", javaScript = true, axe = true } = {}) {
  const emulated = scheme ? { reducedMotion: "reduce" } : { reducedMotion: null, forcedColors: null, contrast: null };
  const context = await browser.newContext({
    baseURL: demo.url,
    viewport: { width, height: WIDTHS[width] ?? 900 },
    colorScheme: scheme,
    ...emulated,
    locale: "en-GB",
    timezoneId: "Europe/London",
    javaScriptEnabled: javaScript,
  });
  context.setDefaultTimeout(10_000);
  if (javaScript) {
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
        console.error(`CSP: ${effectiveDirective} refused ${blockedURI} at ${sourceFile}:${lineNumber}`);
      });
    });
    // Not as a script tag: the pages' own policy would rightly refuse it.
    if (axe) await context.addInitScript({ path: AXE });
  }
  return new Visitor(await context.newPage());
}

class Visitor {
  #complaints = [];

  constructor(page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const { url, lineNumber } = message.location();
      this.#complaints.push(`${message.text()} (${url}:${lineNumber})`);
    });
    page.on("pageerror", (error) => this.#complaints.push(error.stack ?? error.message));
  }

  /** Signs in with e-mail and password. */
  async signIn({ email, password }) {
    await this.page.goto("/");
    await this.page.getByLabel("E-mail").fill(email);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  }

  /** Photographs the page as it is and holds it to what every page is held to. */
  async look(name) {
    const { width } = this.page.viewportSize();
    const dark = await this.page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
    const title = `${name}-${width}-${dark ? "dark" : "light"}`;
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${title}.png`), fullPage: true });
    await this.#isAccessible(title);
    await this.#fits(title);
    this.assertNoComplaints(title);
  }

  /** The same in every width and colour scheme, and back to how it was. */
  async lookEverywhere(name) {
    const before = this.page.viewportSize();
    for (const [width, height] of Object.entries(WIDTHS)) {
      await this.page.setViewportSize({ width: Number(width), height });
      for (const colorScheme of SCHEMES) {
        await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await this.look(name);
      }
    }
    await this.page.setViewportSize(before);
    await this.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  }

  /** Forgets what the console says of a form that was refused on purpose: the status of the answer. */
  forgetRefusal(status = 422) {
    const left = this.#complaints.splice(0).filter((text) => !text.includes(`status of ${status}`));
    this.#complaints.push(...left);
  }

  /** What the console complained of since it was last asked: errors, failed requests, refusals by the content security policy. */
  complaints() {
    return this.#complaints.splice(0);
  }

  /** Fails if the console complained. */
  assertNoComplaints(title) {
    assert.deepEqual(this.complaints(), [], `${title}: the console complains`);
  }

  async #isAccessible(title) {
    const violations = await this.page.evaluate(async () => (await globalThis.axe.run()).violations);
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}\n    ${node.target.join(" ")}\n    ${node.html.slice(0, 300)}`),
    );
    assert.equal(found.length, 0, `${title}: axe finds\n  ${found.join("\n  ")}`);
  }

  async #fits(title) {
    const [needed, given] = await this.page.evaluate(() => {
      const root = document.documentElement;
      return [root.scrollWidth, root.clientWidth];
    });
    assert.ok(needed <= given, `${title}: the page is ${needed} px wide and scrolls sideways in ${given} px`);
  }
}
