// The page: who is there, whose chats are open, what stands around them.

import { banners } from "./banners.js";
import { chatPane } from "./chat.js";
import { peopleList } from "./people.js";
import { follow, setup } from "./server.js";
import { events, on, see, store, tell } from "./store.js";
import { toolsPanel } from "./tools.js";

const $ = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 760px)");
const wide = matchMedia("(min-width: 1280px)");
const paneWidth = 340; // pixels: a narrower chat is no pleasure

let panes = []; // those that are open, from left to right

/* Panes. */

// room is for how many panes there is space.
function room() {
  if (narrow.matches) return 1;
  return Math.max(1, Math.floor($("panes").clientWidth / paneWidth));
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
  for (const { id } of panes) if (!narrow.matches || document.body.dataset.view === "chat") see(id);
  sessionStorage.setItem("open", JSON.stringify(panes.map((p) => p.id)));
  tell("open", panes.map((p) => p.id));
}

const page = {
  alone: () => narrow.matches,
  open(id) {
    const others = panes.length > 1 ? panes.slice(0, -1).map((p) => p.id).filter((other) => other !== id) : [];
    const isOpen = panes.some((p) => p.id === id);
    if (!isOpen) show([...others, id]);
    view("chat");
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
  back() {
    if (narrow.matches) {
      view("list");
      return;
    }
    document.querySelector(".people .item[aria-current=true]")?.focus();
  },
  tools: () => openTools($("tools").hidden),
};

function view(name) {
  document.body.dataset.view = name;
}

function openTools(open) {
  $("tools").hidden = !open;
  document.body.classList.toggle("with-tools", open);
  sessionStorage.setItem("tools", open ? "1" : "");
  show(panes.map((p) => p.id));
  if (open && !wide.matches) $("tools").querySelector("button")?.focus();
}

/* The people of a demonstration are looked at while it plays. */
let looked = "";

function watchDemo() {
  const { playing, people } = store.demo;
  const wanted = playing ? people.join() : "";
  if (wanted && wanted !== looked) {
    // Whose chats it is about is worth more than the view behind them.
    if (people.length > room() && !narrow.matches && !$("tools").hidden) openTools(false);
    show(people);
    view("chat");
  }
  looked = wanted;
}

/* Keys. */

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], .popover")) {
    if (!$("tools").hidden && !wide.matches) openTools(false);
    else if (narrow.matches) view("list");
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
peopleList($("people"), $("side-foot"), page);
toolsPanel($("tools"), () => openTools(false));
banners($("banners"));
on("people", () => {
  if (panes.length > 0) return;
  show(remembered());
  if (panes.length === 0) show([store.people[0].id]);
});
on("demo", watchDemo);
openTools(sessionStorage.getItem("tools") === null ? wide.matches : sessionStorage.getItem("tools") === "1" && !narrow.matches);
follow(events, (state) => {
  store.online = state === "live";
  tell("online");
});
addEventListener("resize", () => show(panes.map((p) => p.id)));
