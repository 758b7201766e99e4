// What is asked before files go out, and the drawn cards.

import { attempt, el, icon, sizeOf, toast } from "./dom.js";
import { dialog } from "./overlay.js";
import { order, upload } from "./server.js";
import { store } from "./store.js";

const asPicture = /^image\/(jpeg|png)$/;
const maxAlbum = 10; // Telegram's
let albums = 0;

// newAlbum makes an id that no other album of this sandbox has.
function newAlbum() {
  albums++;
  return `${Date.now().toString(36)}-${albums}`;
}

/** Asks how files are sent, and sends them: more than an album holds go as several. */
export function sendDialog({ person, files, asFile, caption, replyTo, sent }) {
  const pictures = files.every((f) => asPicture.test(f.type));
  const photo = el("input", { type: "radio", name: "as", value: "photo", disabled: !pictures, checked: pictures && !asFile });
  const file = el("input", { type: "radio", name: "as", value: "file", checked: asFile || !pictures });
  const words = el("input", { type: "text", placeholder: "Caption", "aria-label": "Caption", maxlength: "1024", value: caption });
  const addresses = [];
  const shown = files.map((f) => {
    if (!asPicture.test(f.type)) return el("div", { class: "file" }, el("span", { class: "face" }, icon("file")), el("span", {}, el("b", { text: f.name }), el("small", { text: sizeOf(f.size) })));
    const address = URL.createObjectURL(f);
    addresses.push(address);
    return el("img", { src: address, alt: f.name });
  });
  const title = files.length === 1 ? (pictures ? "Send a picture" : "Send a file") : `Send ${files.length} ${pictures ? "pictures" : "files"}`;
  const form = el("form", { method: "dialog" },
    el("h2", { text: title }),
    el("div", { class: "previews" + (pictures ? "" : " plain") }, ...shown),
    el("div", { class: "choice", role: "radiogroup", "aria-label": "Send" },
      el("label", {}, photo, el("span", {}, el("b", { text: files.length > 1 ? "as photos" : "as a photo" }), el("small", { text: "1280 px, compressed" }))),
      el("label", {}, file, el("span", {}, el("b", { text: files.length > 1 ? "as files" : "as a file" }), el("small", { text: files.length > 1 ? "as they are" : "as it is" })))),
    words,
    el("div", { class: "ends" }, el("button", { type: "button", text: "Cancel", onclick: () => box.close() }), el("button", { type: "submit", class: "primary", text: "Send" })));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    box.close();
    const as = file.checked ? "file" : "photo";
    attempt(async () => {
      let album = "";
      for (const [i, f] of files.entries()) {
        if (i % maxAlbum === 0) album = files.length - i > 1 ? newAlbum() : "";
        await upload(f, { person, as, name: f.name, caption: i === 0 ? words.value : "", album, reply_to: i === 0 ? replyTo : 0 });
      }
      sent(); // not before: what was written stays where sending fails
    });
  });
  const box = dialog("box send-box", title, form);
  box.addEventListener("close", () => addresses.forEach((a) => URL.revokeObjectURL(a)));
  words.focus();
}

/** Shows the drawn cards; a press sends one. What is said of it stands at place. */
export function specimenSheet(person, who, place) {
  const asFile = el("input", { type: "checkbox" });
  const send = (sample, fields = {}) => attempt(() => order("sample", { person, sample, as_file: asFile.checked, ...fields }), place);
  // drawing says so until the photo is there.
  const drawing = async (text, work) => {
    const end = toast(text, place);
    if (await work()) end();
  };
  const cards = store.setup.samples.map((sample, i) => el("button", { type: "button", class: "specimen", onclick: () => {
    box.close();
    drawing("Drawing a card…", () => send(i));
  } }, el("img", { src: "api/preview?sample=" + i, alt: "", loading: "lazy", width: "160", height: "120" }), el("b", { text: sample.name }), el("small", { text: sample.hint })));
  const three = el("button", { type: "button", text: "Three as an album", onclick: () => {
    box.close();
    const album = newAlbum();
    drawing("Drawing three cards…", async () => {
      for (const sample of [0, 1, 0]) if (!await send(sample, { album })) return false;
      return true;
    });
  } });
  const box = dialog("box sheet", "Specimen cards",
    el("h2", { text: "Specimen cards" }),
    el("p", { class: "quiet", text: `Drawn at each press: invented people, on paper that says so. ${who.name} sends one.` }),
    el("div", { class: "specimens" }, ...cards),
    el("div", { class: "ends" }, el("label", { class: "check" }, asFile, "as a file"), three, el("button", { type: "button", text: "Close", onclick: () => box.close() })));
}
