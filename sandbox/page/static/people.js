// The list of people: each one's chat with the bot, in a line.

import { attempt, badge, el, face, icon, iconButton, redraw, timeOf } from "./dom.js";
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
    const unread = open.includes(person.id) && !page.covered() ? 0 : unreadOf(chat);
    const said = last ? (last.own ? "" : store.setup.bot + ": ") + summary(last, person) : "No messages yet";
    const node = el("button", { type: "button", class: "item", "aria-current": String(open.includes(person.id)), onclick: () => page.open(person.id) },
      face(person),
      el("span", { class: "item-text" },
        el("span", { class: "item-top" }, el("b", { text: person.name }), el("time", { text: last ? timeOf(last.date) : "" })),
        el("span", { class: "item-line" }, badge(person), el("small", { class: "lang", text: person.language, title: "The language of this phone" }),
          el("span", { class: "preview", text: said }), unread > 0 && el("span", { class: "unread", text: unread, title: `${unread} new` }))));
    const line = el("li", {}, node, iconButton("beside", `Open ${person.name}’s chat beside`, () => page.beside(person.id), "open-beside"));
    line.dataset.key = person.id;
    return line;
  }

  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; redraw(list, store.people.map(item)); });
  };
  for (const name of ["people", "chat", "seen"]) on(name, soon);
  on("open", (ids) => { open = ids; soon(); });

  foot.append(el("button", { type: "button", class: "row", onclick: invite }, icon("add"), el("span", { text: "Add somebody" })));
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
