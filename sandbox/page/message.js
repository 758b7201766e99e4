// One message: bubble, picture, reply, buttons.

import { renderText } from "./entities.js";

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const photoBox = { width: 400, height: 340 }; // a photo is shown whole, at most so large

const others = {
  sticker: "Sticker", video: "Video", video_note: "Video message", animation: "Animation", voice: "Voice message",
  audio: "Audio", contact: "Contact", location: "Location", users_shared: "Chosen people",
};

/** A message in a few words, for quotes. */
export function summary(message) {
  if (!message) return "Message";
  if (message.text) return message.text.replace(/\s+/g, " ");
  if (message.kind === "photo") return "Photo";
  if (message.kind === "document") return message.file.name || "File";
  return others[message.kind] ?? "Message";
}

/**
 * Makes the node of a message.
 * @param act what can be done: copy, command, press, reply, show, jump, find, nameOf
 */
export function renderMessage(message, act) {
  const node = make("li", "message" + (message.own ? " own" : ""));
  node.dataset.id = message.id;
  const bubble = make("div", "bubble");
  if (message.forwarded) bubble.append(make("div", "forwarded", "Forwarded from " + message.forwarded));
  if (message.reply_to) bubble.append(quote(message, act));
  const content = body(message, act);
  if (content) bubble.append(content);
  if (message.text) {
    const text = make("div", "text");
    renderText(text, message.text, message.entities, act);
    bubble.append(text);
  }
  bubble.append(meta(message), replyButton(message, act));
  bubble.addEventListener("dblclick", () => act.reply(message));
  node.append(bubble);
  if (message.reaction) node.append(make("div", "reaction", message.reaction));
  if (message.buttons?.length) node.append(buttons(message, act));
  return node;
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function quote(message, act) {
  const target = act.find(message.reply_to);
  const node = make("button", "quote");
  node.type = "button";
  node.append(make("strong", "", target ? act.nameOf(target) : "Message"), make("span", "", summary(target)));
  node.addEventListener("click", () => act.jump(message.reply_to));
  return node;
}

function body(message, act) {
  const file = message.file;
  if (message.kind === "photo" && file) return photo(file, act);
  if (message.kind === "document" && file) return documentLink(file);
  if (message.kind in others) return make("div", "other", others[message.kind]);
  return null;
}

function photo(file, act) {
  const node = make("button", "photo");
  node.type = "button";
  node.setAttribute("aria-label", "Show the photo");
  const image = document.createElement("img");
  image.src = file.url;
  image.alt = "Photo";
  const scale = Math.min(1, photoBox.width / file.width, photoBox.height / file.height);
  image.width = Math.round(file.width * scale);
  image.height = Math.round(file.height * scale);
  node.append(image);
  node.addEventListener("click", () => act.show(file.url));
  return node;
}

function documentLink(file) {
  const node = make("a", "file");
  node.href = file.url;
  node.download = file.name || "file";
  const face = make("span", "face");
  face.append(icon("M12 5v12M7 12l5 5 5-5"));
  const text = make("span", "", file.name || "File");
  text.append(make("small", "", size(file.size)));
  node.append(face, text);
  return node;
}

function size(bytes) {
  if (bytes < 1024) return bytes + " B";
  if (bytes < 1024 * 1024) return Math.round(bytes / 1024) + " KB";
  return (bytes / 1024 / 1024).toFixed(1) + " MB";
}

function meta(message) {
  const node = make("div", "meta");
  if (message.protected) node.append(make("span", "", "protected"));
  if (message.edited) node.append(make("span", "", "edited"));
  const time = make("time", "", clock.format(message.date));
  time.dateTime = new Date(message.date).toISOString();
  node.append(time);
  return node;
}

function replyButton(message, act) {
  const node = make("button", "icon answer");
  node.type = "button";
  node.setAttribute("aria-label", "Reply");
  node.append(icon("M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6"));
  node.addEventListener("click", () => act.reply(message));
  return node;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const styles = ["danger", "success", "primary"];

function buttons(message, act) {
  const node = make("div", "buttons");
  let index = 0;
  for (const row of message.buttons) {
    const line = document.createElement("div");
    for (const button of row) line.append(inlineButton(message, button, index++, act));
    node.append(line);
  }
  return node;
}

function inlineButton(message, button, index, act) {
  const style = styles.includes(button.style) ? button.style : "";
  if (button.url) {
    const node = make("a", style, button.text);
    if (/^https?:\/\//i.test(button.url)) node.href = button.url;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
    node.append(icon("M8 16 16 8M9.5 8H16v6.5"));
    return node;
  }
  const node = make("button", style, button.text);
  node.type = "button";
  if (button.copy_text) {
    node.append(icon("M9 9h9v10H9zM6 15V5h9"));
    node.addEventListener("click", () => act.copy(button.copy_text.text));
  } else {
    node.addEventListener("click", () => act.press(message, index, node));
  }
  return node;
}
