// Files and a picture of the page: chosen, shown, taken back, and sent ahead of the words they belong to.

const MOST_FILES = 20;

/** Files of one form, with the place where they are chosen. */
function files() {
  const chosen = [];
  let drawn;
  const changed = () => drawn?.();
  return {
    names: () => each(chosen, ({ file }) => file.name),
    /** Sends what was not sent yet. Gives the tokens, or what the desk said against one. Throws without a connection. */
    async send() {
      for (let at = 0; at < chosen.length; at += 1) {
        const one = chosen[at];
        if (!one.token || Date.now() > one.until) {
          const answer = await call("POST", `/uploads.json?filename=${encodeURIComponent(one.file.name)}`, one.file);
          if (!answer.ok) return answer;
          one.token = answer.said.upload.token;
          one.until = Date.now() + 50 * 60_000;
        }
      }
      return { said: {}, tokens: each(chosen, ({ token }) => token) };
    },
    forget: () => each(chosen, (one) => void (one.token = undefined)),
    clear() {
      chosen.length = 0;
      changed();
    },
    /** The button, what was chosen, and what is wrong with it. */
    place(told, hasPicture) {
      const list = el("ul", { class: "files" });
      const problem = el("p", { class: "error", role: "alert" });
      const input = el("input", { type: "file", multiple: true, hidden: true, tabindex: -1, "aria-hidden": "true" });
      const most = told?.largest_file ?? 20 * 1024 * 1024;
      const add = (file) => {
        if (file.size > most) problem.textContent = say("WidgetTooLarge", { name: file.name, size: Math.ceil(file.size / 1048576) });
        else if (chosen.length < MOST_FILES) chosen[chosen.length] = { file };
        changed();
      };
      drawn = () => list.replaceChildren(...each(chosen, (one) => row(one)));
      const row = (one) => {
        const { name, size } = one.file;
        const remove = el("button", { type: "button", class: "quiet", "aria-label": say("WidgetRemove", { name }), onclick: () => {
          const left = each(chosen, (other) => (other === one ? undefined : other));
          chosen.length = 0;
          each(left, (other) => void (chosen[chosen.length] = other));
          changed();
          choose.focus();
        } }, "×");
        return el("li", {}, one.picture, el("span", { class: "value", dir: "auto" }, name, ` ${Math.max(1, Math.round(size / 1000))} kB`), remove);
      };
      input.addEventListener("change", () => {
        problem.textContent = "";
        each(input.files, add);
        input.value = "";
      });
      const choose = button(`+ ${say("WidgetAddFiles")}`, () => input.click(), "quiet");
      const take = hasPicture && canTakePicture() && button(`+ ${say("WidgetPicture")}`, () => busy(take, async () => {
        problem.textContent = "";
        const file = await picture().catch(() => undefined);
        if (!file) problem.textContent = say("WidgetNoPicture");
        else {
          add(file);
          await thumbnail(chosen[chosen.length - 1]);
          changed();
        }
        take.focus();
      }), "quiet");
      drawn();
      return el("div", { class: "field" }, list, problem, input, el("div", { class: "adding" }, choose, take), take && !settings.screenshot && el("p", { class: "hint" }, say("WidgetPictureHint")));
    },
  };
}

/** The files of the request that is being written: they outlive other views, not the page. */
const asking = files();

function canTakePicture() {
  return Boolean(settings.screenshot || navigator.mediaDevices?.getDisplayMedia);
}

/** A picture of the page: the host's own, else one frame of what the browser lets be seen. */
async function picture() {
  const given = settings.screenshot ? await settings.screenshot() : await frame();
  const blob = await pixels(given);
  return blob && new File([blob], blob.type === "image/jpeg" ? "screenshot.jpg" : "screenshot.png", { type: blob.type });
}

function pixels(given) {
  if (given instanceof Blob) return given;
  if (given?.toBlob) return new Promise((done) => given.toBlob(done, "image/png"));
  const [, type, text] = /^data:(image\/\w+);base64,(.+)$/.exec(given) ?? [];
  return text && new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type });
}

/** Asks the browser for the screen, takes one frame without our own panel on it, and ends the sharing. */
async function frame() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false, preferCurrentTab: true });
  help.host.setAttribute("data-away", "");
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    await new Promise((done) => setTimeout(done, 200));
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    return blob?.size > 8_000_000 ? new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85)) : blob;
  } finally {
    each(stream.getTracks(), (track) => track.stop());
    help.host.removeAttribute("data-away");
  }
}

/** A small picture of a picture; drawn, so that no policy of the page about pictures is in the way. */
async function thumbnail(one) {
  const bitmap = await createImageBitmap(one.file).catch(() => undefined);
  if (!bitmap) return;
  const canvas = el("canvas", { role: "img", "aria-label": one.file.name });
  canvas.width = 240;
  canvas.height = Math.max(1, Math.round((240 * bitmap.height) / bitmap.width));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  one.picture = canvas;
}
