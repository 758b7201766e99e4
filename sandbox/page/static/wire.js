// The wire: every call, every delivery, every line of the bot's log.

import { el, icon, secondsOf, tookOf } from "./dom.js";
import { on, personOf, store } from "./store.js";

const shownAtOnce = 250;

const sources = {
  telegram: ["→ Telegram", "The bot calls Telegram"],
  delivery: ["→ bot", "Telegram brings an update"],
  service: ["→ service", "The bot calls the MRZ service"],
  bot: ["log", "The bot’s own log"],
  sandbox: ["you", "Done on this page"],
};

/** Fills the page of the wire, and keeps it true. */
export function wire(body) {
  const chosen = new Set(Object.keys(sources));
  let limit = shownAtOnce;
  const search = el("input", { type: "search", placeholder: "Search: method, status, text, name…", "aria-label": "Search the wire" });
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Shown" });
  const list = el("ol", { class: "entries" });
  const more = el("button", { type: "button", class: "row", text: "Show earlier ones", onclick: () => { limit += shownAtOnce; draw(); } });
  for (const [name, [label, title]] of Object.entries(sources)) {
    const chip = el("button", { type: "button", class: "chip " + name, text: label, title, "aria-pressed": "true", onclick: () => {
      if (chosen.has(name)) chosen.delete(name);
      else chosen.add(name);
      chip.setAttribute("aria-pressed", String(chosen.has(name)));
      draw();
    } });
    chips.append(chip);
  }
  search.addEventListener("input", () => { limit = shownAtOnce; draw(); });
  body.append(el("div", { class: "sticky" }, el("label", { class: "search" }, icon("search"), search), chips), list, more);

  const fits = (entry) => chosen.has(entry.source) && matches(entry, search.value);

  function draw() {
    const found = store.entries.filter(fits);
    list.replaceChildren(...found.slice(-limit).reverse().map(row));
    more.hidden = found.length <= limit;
    if (found.length === 0) list.append(el("li", { class: "none quiet", text: store.entries.length ? "Nothing fits." : "Nothing has happened yet." }));
  }

  on("journal", (change) => {
    if (change.reset || list.querySelector(".none")) {
      draw();
      return;
    }
    for (const entry of change.entries) if (fits(entry)) list.prepend(row(entry));
    if (list.children.length > limit) more.hidden = false;
    while (list.children.length > limit) list.lastElementChild.remove();
  });
  draw();
}

// matches: each word stands somewhere in the entry.
function matches(entry, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const text = [entry.what, entry.status, entry.note, entry.source, entry.update, entry.person, personOf(entry.person).name,
    ...(entry.fields ?? []).flatMap((f) => [f.name, f.value])].join(" ").toLowerCase();
  return wanted.every((word) => text.includes(word));
}

function row(entry) {
  const who = personOf(entry.person);
  const step = entry.fields?.find((f) => f.name === "step")?.value;
  const head = el("summary", {},
    el("time", { text: secondsOf(entry.at) }),
    el("span", { class: "source " + entry.source, text: sources[entry.source]?.[0] ?? entry.source }),
    el("span", { class: "what" }, el("b", { text: entry.what }), step && el("span", { text: " " + step }),
      who.id ? el("small", { text: " " + who.name }) : null),
    entry.status || entry.note ? el("span", { class: "status" + (entry.bad ? " bad" : ""), text: entry.status || "cut" }) : entry.bad && el("span", { class: "status bad", text: "!" }),
    el("span", { class: "took", text: tookOf(entry.took) }));
  const node = el("details", { class: "entry" }, head);
  node.addEventListener("toggle", () => {
    if (node.open && node.children.length === 1) node.append(details(entry));
  });
  return el("li", {}, node);
}

// details are made when they are first looked at.
function details(entry) {
  const table = el("dl");
  const add = (name, value) => table.append(el("dt", { text: name }), el("dd", {}, el("code", { text: pretty(String(value)) })));
  if (entry.note) add("error", entry.note);
  if (entry.update) add("update_id", entry.update);
  if (entry.person) add(entry.source === "telegram" ? "chat" : "user_id", entry.person);
  for (const field of entry.fields ?? []) if (field.name !== "chat_id") add(field.name, field.value);
  return table;
}

// pretty lays out JSON; anything else stays as it is.
function pretty(text) {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
