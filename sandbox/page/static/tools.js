// The panel at the side: break things, see the photos' steps, see the wire.

import { attempt, el, icon, iconButton } from "./dom.js";
import { ledger } from "./ledger.js";
import { order } from "./server.js";
import { broken, on, store } from "./store.js";
import { wire } from "./wire.js";

/** Fills the panel. */
export function toolsPanel(panel, close) {
  const tabs = [
    { name: "Break", make: breaking },
    { name: "Photos", make: ledger },
    { name: "Wire", make: wire },
  ].map((tab, i) => ({
    ...tab,
    button: el("button", { type: "button", role: "tab", id: `tab-${i}`, "aria-controls": `page-${i}`, text: tab.name }),
    body: el("div", { role: "tabpanel", class: "tool-page", id: `page-${i}`, "aria-labelledby": `tab-${i}`, tabindex: "0" }),
  }));

  function open(chosen) {
    for (const tab of tabs) {
      const is = tab === chosen;
      tab.button.setAttribute("aria-selected", String(is));
      tab.button.tabIndex = is ? 0 : -1;
      tab.body.hidden = !is;
    }
    sessionStorage.setItem("tab", chosen.name);
  }

  for (const tab of tabs) tab.button.addEventListener("click", () => open(tab));
  const bar = el("div", { class: "tabs", role: "tablist", "aria-label": "Behind and broken" }, ...tabs.map((t) => t.button));
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const at = tabs.findIndex((t) => t.button === document.activeElement);
    const next = tabs[(at + (event.key === "ArrowRight" ? 1 : -1) + tabs.length) % tabs.length];
    open(next);
    next.button.focus();
  });
  panel.append(el("header", { class: "tools-head" }, bar, iconButton("close", "Close", close)), ...tabs.map((t) => t.body));
  for (const tab of tabs) tab.make(tab.body);
  const count = () => { tabs[0].button.dataset.count = broken() || ""; };
  on("switches", count);
  open(tabs.find((t) => t.name === sessionStorage.getItem("tab")) ?? tabs[0]);
}

// breaking is the page of switches.
function breaking(body) {
  const bot = el("section", { class: "group" });
  const answers = el("div");
  const troubles = el("div");
  body.append(bot, answers, troubles);

  function drawBot() {
    if (!store.bot) return;
    const { state, stays, kills } = store.bot;
    const words = { running: "It runs as a process of its own.", down: stays ? "It is down, until you let it start." : "It is down, and starts again in a moment.", starting: "It is starting…" };
    bot.replaceChildren(el("h3", { text: "The bot" }),
      el("div", { class: "kill" },
        el("button", { type: "button", class: "danger-button", disabled: state === "down", onclick: () => attempt(() => order("kill")) }, icon("power"), el("span", { text: "Kill the bot now" })),
        el("p", { class: "quiet", text: words[state] + (kills ? ` Killed so far: ${kills}.` : "") + " Its store stays: nothing that was sent is lost." })),
      toggle("stays", "Leave it down", "What is sent waits at Telegram, with one tick.", stays, (value) => order("down", { on: value })));
  }

  function drawSwitches() {
    keepFocus(body, () => {
      troubles.replaceChildren(...grouped(store.troubles.filter((s) => s.group !== ofService)).map(([name, list]) =>
        el("section", { class: "group" }, el("h3", { text: name }), ...list.map(trouble))));
      const own = store.troubles.filter((s) => s.group === ofService);
      answers.replaceChildren(el("section", { class: "group" }, el("h3", { text: "What the MRZ service answers" }),
        ...own.map(trouble), ...grouped(store.answers).map(([name, list]) => {
          const box = el("details", { class: "answers" }, el("summary", { text: name }), ...list.map(choice));
          box.open = list.some((s) => s.on) || opened.has(name);
          box.addEventListener("toggle", () => (box.open ? opened.add(name) : opened.delete(name)));
          return box;
        })));
    });
  }

  on("bot", drawBot);
  on("switches", drawSwitches);
}

const ofService = "The service"; // stands with its answers
const opened = new Set();

function grouped(list) {
  const groups = new Map();
  for (const s of list) groups.set(s.group, [...(groups.get(s.group) ?? []), s]);
  return [...groups];
}

function toggle(name, label, seen, isOn, set) {
  return el("label", { class: "switch" },
    el("span", {}, el("b", { text: label }), el("small", { text: seen })),
    el("input", { type: "checkbox", role: "switch", id: "switch-" + name, checked: Boolean(isOn), onchange: (event) => attempt(() => set(event.target.checked)) }));
}

const trouble = (s) => toggle(s.name, s.label, s.seen, s.on, (value) => order("switch", { name: s.name, on: value }));

function choice(s) {
  return el("label", { class: "switch" },
    el("span", {}, el("b", { text: s.label }), el("small", { text: s.seen })),
    el("input", { type: "radio", name: "answer", id: "answer-" + s.name, checked: s.on, onchange: () => attempt(() => order("service", { name: s.name })) }));
}

// keepFocus redraws without losing the place of somebody who uses keys.
function keepFocus(body, draw) {
  const id = body.contains(document.activeElement) ? document.activeElement.id : "";
  draw();
  if (id) document.getElementById(id)?.focus();
}
