// One message: bubble, picture, reply, buttons.

import { renderText } from "./entities.js";
import { el, icon, iconButton, sizeOf, timeOf } from "./dom.js";
import { word } from "./phone.js";

const photoBox = { width: 316, height: 316 }; // a photo is shown whole, at most so large

const others = {
  sticker: "Sticker", video: "Video", video_note: "Video message", animation: "Animation", voice: "Voice message",
  audio: "Audio", contact: "Contact", location: "Place", users_shared: "Chosen",
};

/** A message in a few words, for quotes and the list. */
export function summary(message, person) {
  if (!message) return word(person, "message");
  if (message.text) return message.text.replace(/\s+/g, " ");
  if (message.kind === "photo") return word(person, message.album ? "album" : "photo");
  if (message.kind === "document") return message.file.name || word(person, "file");
  return others[message.kind] ?? word(person, "message");
}

/**
 * Makes the node of a message, or of the messages of an album.
 * @param act what can be done: copy, command, press, reply, show, jump, find, nameOf, summary
 */
export function renderMessage(parts, act) {
  const message = parts[0];
  const node = el("li", { class: "message" + (message.own ? " own" : "") });
  node.dataset.id = message.id;
  const bubble = el("div", { class: "bubble" });
  if (message.forwarded) bubble.append(el("div", { class: "forwarded" }, "Forwarded from ", el("b", { text: message.forwarded })));
  if (message.reply_to) bubble.append(quote(message, act));
  const content = parts.length > 1 ? album(parts, act) : body(message, act);
  if (content) bubble.append(content);
  const visual = content?.matches(".photo, .album");
  const caption = parts.find((m) => m.text);
  if (caption) {
    const text = el("div", { class: "text", dir: "auto" });
    renderText(text, caption.text, caption.entities, act);
    text.append(meta(parts[parts.length - 1]));
    bubble.append(text);
  } else {
    bubble.append(meta(parts[parts.length - 1], visual ? "over" : ""));
  }
  bubble.classList.toggle("visual", Boolean(visual));
  bubble.classList.toggle("bare", Boolean(visual) && !caption && !message.reply_to && !message.forwarded);
  const reaction = parts.find((m) => m.reaction)?.reaction; // an album has one for all
  if (reaction) bubble.append(el("div", { class: "reaction", role: "img", text: reaction, "aria-label": "Reaction " + reaction }));
  bubble.addEventListener("dblclick", () => act.reply(message));
  node.append(el("div", { class: "beside" }, bubble, iconButton("reply", "Reply", () => act.reply(message), "answer")));
  if (message.buttons?.length) node.append(buttons(message, act));
  return node;
}

function quote(message, act) {
  const target = act.find(message.reply_to);
  const node = el("button", { type: "button", class: "quote", onclick: () => act.jump(message.reply_to) });
  if (target?.kind === "photo") node.append(el("img", { src: target.file.url, alt: "", width: "34", height: "34" }));
  node.append(el("span", {}, el("b", { text: target ? act.nameOf(target) : "Message" }), el("span", { text: act.summary(target) })));
  return node;
}

function body(message, act) {
  const file = message.file;
  if (message.kind === "photo" && file) return photo(message, act);
  if (message.kind === "document" && file) return documentLink(file);
  if (message.kind === "contact") return card("contact", ...message.detail.split(", "));
  if (message.kind === "sticker") return el("div", { class: "sticker", text: "👍", role: "img", "aria-label": "Sticker" });
  if (message.kind === "location") return card("place", message.detail, "Place");
  if (message.kind === "users_shared") return card("contact", message.detail, "Chosen for the bot");
  if (message.kind in others) return el("div", { class: "other", text: others[message.kind] });
  return null;
}

function card(name, title, small) {
  return el("div", { class: "file" }, el("span", { class: "face" }, icon(name)), el("span", {}, el("b", { text: title }), el("small", { text: small })));
}

function photo(message, act) {
  const file = message.file;
  const scale = Math.min(1, photoBox.width / file.width, photoBox.height / file.height);
  const image = el("img", { src: file.url, alt: "Photo" });
  image.width = Math.round(file.width * scale);
  image.height = Math.round(file.height * scale);
  return el("button", { type: "button", class: "photo", "aria-label": "Show the photo", onclick: () => act.show(file.url) }, image);
}

function album(parts, act) {
  if (parts[0].kind === "document") return el("div", { class: "files" }, ...parts.map((m) => tile(documentLink(m.file), m)));
  const grid = el("div", { class: "album" });
  grid.dataset.count = Math.min(parts.length, 10);
  for (const message of parts) {
    const image = el("img", { src: message.file.url, alt: "Photo" });
    grid.append(tile(el("button", { type: "button", "aria-label": "Show the photo", onclick: () => act.show(message.file.url) }, image), message));
  }
  return grid;
}

function tile(node, message) {
  node.dataset.part = message.id;
  return node;
}

function documentLink(file) {
  const name = file.name || "File";
  return el("a", { class: "file", href: file.url, download: file.name || "file" },
    el("span", { class: "face" }, icon("save")), el("span", {}, el("b", { text: name }), el("small", { text: sizeOf(file.size) })));
}

function meta(message, more = "") {
  const time = el("time", { datetime: new Date(message.date).toISOString(), text: timeOf(message.date) });
  // Telegram's apps do not say of a bot's message that it was edited.
  const node = el("span", { class: "meta " + more }, message.own && message.edited && el("span", { text: "edited" }), time);
  if (message.protected) node.prepend(icon("lock"));
  if (message.own) {
    const tick = icon(message.taken ? "taken" : "sent");
    const label = message.taken ? "The bot has it" : "Sent";
    node.append(el("span", { class: "tick", role: "img", "aria-label": label, title: label }, tick));
  }
  return node;
}

const styles = ["danger", "success", "primary"];

function buttons(message, act) {
  const node = el("div", { class: "buttons" });
  let index = 0;
  for (const row of message.buttons) {
    node.append(el("div", {}, ...row.map((button) => inlineButton(message, button, index++, act))));
  }
  return node;
}

function inlineButton(message, button, index, act) {
  const style = styles.includes(button.style) ? button.style : "";
  if (button.url) {
    const node = el("a", { class: style, text: button.text, target: "_blank", rel: "noopener noreferrer" });
    if (/^https?:\/\//i.test(button.url)) node.href = button.url;
    node.append(icon("link"));
    return node;
  }
  const node = el("button", { type: "button", class: style, text: button.text });
  if (button.copy_text) {
    node.append(icon("copy"));
    node.addEventListener("click", () => act.copy(button.copy_text.text));
  } else {
    node.addEventListener("click", () => act.press(message, index, node));
  }
  return node;
}
