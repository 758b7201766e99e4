// The page: who is there, whose chats are open, what stands around them.

import { banners } from "./banners.js";
import { chatPane } from "./chat.js";
import { masthead } from "./masthead.js";
import { peopleList } from "./people.js";
import { follow, setup } from "./server.js";
import { events, on, personOf, see, store, tell } from "./store.js";
import { toolsPanel } from "./tools.js";

const $ = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 760px)");
const wide = matchMedia("(min-width: 1280px)"); // there is room for the tools beside the phones
const paneWidth = 350; // pixels: a narrower phone is no pleasure

let panes = []; // those that are open, from left to right

/* Panes. */

// room is for how many panes there is space.
function room() {
  if (narrow.matches) return 1;
  return Math.max(1, Math.floor(document.querySelector(".shop").clientWidth / paneWidth));
}

/** Shows these people's chats side by side, as many as there is room for. */
function show(ids) {
  const wanted = ids.filter((id) => store.people.some((p) => p.id === id)).slice(0, room());
  if (wanted.length === 0) return;
  const had = new Map(panes.map((pane) => [pane.id, pane]));
  const kept = wanted.map((id) => had.get(id) ?? chatPane(id, page));
  for (const pane of panes) {
    if (kept.includes(pane)) continue;
    pane.end();
    pane.node.remove();
  }
  panes = kept;
  for (const [i, pane] of kept.entries()) {
    if ($("panes").children[i] !== pane.node) $("panes").insertBefore(pane.node, $("panes").children[i] ?? null);
  }
  $("panes").dataset.count = panes.length;
  // The words beside the phone give way to everything else.
  $("hero").hidden = panes.length > 1 || !$("side").hidden || !$("tools").hidden;
  document.body.classList.toggle("with-hero", !$("hero").hidden);
  if (!page.covered()) for (const { id } of panes) see(id);
  sessionStorage.setItem("open", JSON.stringify(panes.map((p) => p.id)));
  tell("open", panes.map((p) => p.id));
}

const page = {
  alone: () => narrow.matches,
  covered: () => narrow.matches && !$("side").hidden, // the list lies over the phone
  open(id) {
    const others = panes.length > 1 ? panes.slice(0, -1).map((p) => p.id).filter((other) => other !== id) : [];
    const isOpen = panes.some((p) => p.id === id);
    if (!isOpen) show([...others, id]);
    if (narrow.matches) openSide(false);
    see(id);
    if (!matchMedia("(pointer: coarse)").matches) panes.find((p) => p.id === id)?.focus();
  },
  beside(id) {
    const free = store.people.find((p) => !panes.some((pane) => pane.id === p.id) && p.id !== id);
    const next = panes.some((p) => p.id === id) ? free?.id : id;
    if (next === undefined) return;
    const now = panes.map((p) => p.id);
    while (now.length >= room() && now.length > 0) now.shift();
    show([...now, next]);
  },
  close: (id) => show(panes.map((p) => p.id).filter((other) => other !== id)),
  choose() {
    openSide(true);
    document.querySelector(".people .item[aria-current=true]")?.focus();
  },
  people: () => openSide($("side").hidden),
  tools: () => openTools($("tools").hidden),
  specimens: () => panes[0]?.specimens(),
  beAdmin() {
    const admin = store.people.find((p) => p.part === "admin" && p.language === personOf(panes[0]?.id).language) ?? store.people.find((p) => p.part === "admin");
    const stranger = store.people.find((p) => p.part === "newcomer");
    if (narrow.matches) openSide(true);
    else show([stranger, admin].filter(Boolean).map((p) => p.id));
  },
};

function openSide(open) {
  aside("side", open);
  if (open && narrow.matches && !$("tools").hidden) openTools(false);
}

function openTools(open) {
  aside("tools", open);
  if (!open || wide.matches) return;
  aside("side", false); // beside both there is no room for a phone
  $("tools").querySelector("button")?.focus();
}

// aside opens or closes what stands at a side of the phones.
function aside(name, open) {
  $(name).hidden = !open;
  document.body.classList.toggle("with-" + name, open);
  sessionStorage.setItem(name, open ? "1" : "");
  tell("aside", name, open);
  show(panes.map((p) => p.id));
}

/* The people of a demonstration are looked at while it plays. */
let looked = "";

function watchDemo() {
  const { playing } = store.demo;
  const people = store.demo.people ?? [];
  if (!people.every((id) => personOf(id).id)) return; // somebody is only just coming
  const wanted = playing ? people.join() : "";
  if (wanted && wanted !== looked) {
    // Whose chats it is about is worth more than the view behind them.
    for (const name of ["tools", "side"]) {
      if (!$(name).hidden && (narrow.matches || people.length > room())) aside(name, false);
    }
    show(people);
  }
  looked = wanted;
}

/* Keys. */

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], .popover")) {
    if (!$("tools").hidden && !wide.matches) openTools(false);
    else if (page.covered()) openSide(false);
  }
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const at = store.people.findIndex((p) => p.id === panes.at(-1)?.id);
    const next = store.people[(at + (event.key === "ArrowDown" ? 1 : -1) + store.people.length) % store.people.length];
    page.open(next.id);
  }
});

/* Start. */

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem("open")) ?? [];
  } catch {
    return [];
  }
}

store.setup = await setup();
document.title = `${store.setup.bot} · mrzbot sandbox`;
masthead($("nav"), $("hero"), page);
peopleList($("people"), $("side-foot"), page);
toolsPanel($("tools"), () => openTools(false));
banners($("banners"));
on("people", () => {
  if (panes.length === 0) show(remembered());
  if (panes.length === 0) show([store.setup.first]);
  watchDemo();
});
on("demo", watchDemo);
for (const name of ["side", "tools"]) if (sessionStorage.getItem(name) && !narrow.matches) aside(name, true);
follow(events, (state) => {
  store.online = state === "live";
  tell("online");
});
addEventListener("resize", () => show(panes.map((p) => p.id)));
