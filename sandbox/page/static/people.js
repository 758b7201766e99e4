// The list of people: each one's chat with the bot, in a line.

import { attempt, el, face, icon, iconButton, timeOf } from "./dom.js";
import { summary } from "./message.js";
import { dialog } from "./overlay.js";
import { order } from "./server.js";
import { chatOf, lastOf, on, store, unreadOf } from "./store.js";

/** Fills the list and its foot, and keeps them true. */
export function peopleList(list, foot, page) {
  let open = [];

  function item(person) {
    const chat = chatOf(person.id);
    const last = lastOf(chat);
    const unread = open.includes(person.id) && document.body.dataset.view !== "list" ? 0 : unreadOf(chat);
    const line = last ? (last.own ? "" : store.setup.bot + ": ") + summary(last) : "No messages yet";
    const node = el("button", { type: "button", class: "item", "aria-current": String(open.includes(person.id)), onclick: () => page.open(person.id) },
      face(person),
      el("span", { class: "item-text" },
        el("span", { class: "item-top" }, el("b", { text: person.name }), el("span", { class: "part " + person.part, text: person.part }),
          el("small", { class: "lang", text: person.language, title: "The language of this phone" }), el("time", { text: last ? timeOf(last.date) : "" })),
        el("span", { class: "item-line" }, el("span", { class: "preview", text: line }),
          unread > 0 && el("span", { class: "unread", text: unread, "aria-label": `${unread} new` }))));
    node.dataset.id = person.id;
    return el("li", {}, node, iconButton("beside", `Open ${person.name}’s chat beside`, () => page.beside(person.id), "open-beside"));
  }

  function draw() {
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    list.replaceChildren(...store.people.map(item));
    if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  };
  for (const name of ["people", "chat", "seen"]) on(name, soon);
  on("open", (ids) => { open = ids; soon(); });

  const play = el("button", { type: "button", class: "row", onclick: () => attempt(() => order("demo", { on: !store.demo.playing })) });
  const label = () => play.replaceChildren(icon(store.demo.playing ? "stop" : "play"), el("span", { text: store.demo.playing ? "Stop the demonstration" : "Play a demonstration" }));
  on("demo", label);
  label();
  foot.append(
    el("button", { type: "button", class: "row", onclick: invite }, icon("add"), el("span", { text: "Add somebody" })),
    play,
    el("button", { type: "button", class: "row for-tools", onclick: () => page.tools() }, icon("tools"), el("span", { text: "Behind and broken" })));
}

const languages = [["en", "English"], ["ky", "Kyrgyz"], ["ru", "Russian"], ["uz", "Uzbek"], ["kk", "Kazakh"], ["tg", "Tajik"], ["tr", "Turkish"], ["de", "German"]];

function invite() {
  const name = el("input", { type: "text", placeholder: "Name", "aria-label": "Name", maxlength: "64", required: true });
  const language = el("select", { "aria-label": "Language of their phone" }, ...languages.map(([code, text]) => el("option", { value: code, text })));
  const form = el("form", { method: "dialog" }, el("h2", { text: "Add somebody" }), el("p", { class: "quiet", text: "A stranger whom the bot has never seen." }),
    name, el("label", { class: "labelled" }, "Language of their phone", language),
    el("div", { class: "ends" }, el("button", { type: "button", text: "Cancel", onclick: () => box.close() }), el("button", { type: "submit", class: "primary", text: "Add" })));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    box.close();
    attempt(() => order("join", { name: name.value, language: language.value }));
  });
  const box = dialog("box", "Add somebody", form);
  name.focus();
}
