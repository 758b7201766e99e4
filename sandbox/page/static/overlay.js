// What comes over the page: menus, the picture, a box, a choice of people.

import { attempt, el, face, icon, toast } from "./dom.js";
import { on, store } from "./store.js";

let opened = null; // the menu that is open: its anchor, and how it closes

/**
 * Opens a small menu at a button, or closes the one that is open there. Arrows
 * walk through it, Escape closes it.
 * @param items [icon, label, act] each
 */
export function popover(anchor, items) {
  const again = opened?.anchor === anchor;
  opened?.close();
  if (again) return;
  const box = el("div", { class: "popover", role: "menu" });
  const close = () => {
    if (box.contains(document.activeElement)) anchor.focus(); // or it is lost with the box
    opened = null;
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
  };
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) close();
  };
  for (const [name, label, act] of items) {
    box.append(el("button", { type: "button", role: "menuitem", onclick: () => { close(); act(); } }, icon(name), el("span", { text: label })));
  }
  box.addEventListener("keydown", (event) => {
    const all = [...box.children];
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length].focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  document.body.append(box);
  const at = anchor.getBoundingClientRect();
  const room = { wide: document.documentElement.clientWidth, tall: document.documentElement.clientHeight };
  const left = Math.min(Math.max(8, at.left), room.wide - box.offsetWidth - 8);
  const above = at.top > room.tall / 2;
  box.style.left = left + "px";
  box.style.top = (above ? at.top - box.offsetHeight - 8 : at.bottom + 8) + "px";
  anchor.setAttribute("aria-expanded", "true");
  opened = { anchor, close };
  document.addEventListener("pointerdown", outside, true);
  box.firstElementChild?.focus();
}

/** Opens a dialog that closes with Escape and with a press beside it. */
export function dialog(className, label, ...children) {
  const box = el("dialog", { class: className, "aria-label": label }, ...children);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

/** Lets somebody be chosen, and does something with them. */
export function choose(title, self, act) {
  const list = el("div", { class: "choices" });
  const box = dialog("box", title, el("h2", { text: title }), list, el("div", { class: "ends" },
    el("button", { type: "button", text: "Cancel", onclick: () => box.close() })));
  for (const person of store.people.filter((p) => p.id !== self)) {
    list.append(el("button", { type: "button", onclick: () => { box.close(); attempt(() => act(person.id)); } },
      face(person, "small"), el("span", {}, el("b", { text: person.name }), el("small", { text: `${person.part} · ${person.id}` }))));
  }
}

/** Lets several people be chosen, as a keyboard button of the bot asks for. */
export function choosePeople(title, most, self, act) {
  if (most <= 1) {
    choose(title, self, (id) => act([id]));
    return;
  }
  const chosen = new Set();
  const list = el("div", { class: "choices" });
  const send = el("button", { type: "button", class: "primary", text: "Choose", disabled: true, onclick: () => { box.close(); attempt(() => act([...chosen])); } });
  const box = dialog("box", title, el("h2", { text: title }), list, el("div", { class: "ends" },
    el("button", { type: "button", text: "Cancel", onclick: () => box.close() }), send));
  for (const person of store.people.filter((p) => p.id !== self)) {
    const node = el("button", { type: "button", role: "checkbox", "aria-checked": "false", onclick: () => {
      if (chosen.has(person.id)) chosen.delete(person.id);
      else if (chosen.size < most) chosen.add(person.id);
      else toast(`No more than ${most}.`);
      node.setAttribute("aria-checked", String(chosen.has(person.id)));
      send.disabled = chosen.size === 0;
    } }, face(person, "small"), el("span", {}, el("b", { text: person.name }), el("small", { text: person.part })), icon("check"));
    list.append(node);
  }
}

on("show", (url) => {
  const box = dialog("viewer", "Picture", el("img", { src: url, alt: "The picture", onclick: () => box.close() }));
});

on("alert", (text, name) => {
  const box = dialog("box", "The bot to " + name, el("h2", { text: "To " + name }), el("p", { text }), el("div", { class: "ends" },
    el("button", { type: "button", class: "primary", text: "OK", onclick: () => box.close() })));
});
