// Small tools for making nodes. Nothing is ever made of markup.

const SVG = "http://www.w3.org/2000/svg"; // a name, not an address

const paths = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  attach: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.8 1.8 0 0 1-2.5-2.5L14.5 7.5",
  send: "M4.5 11.5 20 4.5l-5.5 15-3.2-6.3zM11.3 13.2 20 4.5",
  menu: "M5 8h14M5 12h14M5 16h9",
  down: "m6 9 6 6 6-6",
  reply: "M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v1",
  copy: "M9 9h10v10H9zM6 15H5V5h10v1",
  link: "M8 16 16 8M9.5 8H16v6.5",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  save: "M12 5v11M7.5 12l4.5 4.5 4.5-4.5M6 19.5h12",
  photo: "M4 6h16v12.5H4zM4 16l4.5-4.5 3.5 3 2.5-2 5.5 4.5M15.8 9.4v.01",
  card: "M3.5 6.5h17v11h-17zM6.5 14.7h11M6.5 10.2h4",
  contact: "M12 12a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM5 19.5c.6-3.4 3.4-5 7-5s6.4 1.6 7 5",
  place: "M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  forward: "M14 7l5 5-5 5M19 12h-9a5 5 0 0 0-5 5v1",
  smile: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM9 10v.01M15 10v.01M8.8 14c1.6 2 4.8 2 6.4 0",
  beside: "M4 5.5h16v13H4zM12 5.5v13",
  tools: "M5 7h9M18 7h1M5 12h2M11 12h8M5 17h8M17 17h2M16 5v4M9 10v4M15 15v4",
  add: "M12 5v14M5 12h14",
  play: "M8 5.5v13l10.5-6.5z",
  stop: "M7 7h10v10H7z",
  power: "M12 4v8M7.5 7a7 7 0 1 0 9 0",
  block: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM6.5 6.5l11 11",
  check: "M5 12.5l4.5 4.5L19 7.5",
  search: "M11 17.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.3-4.3",
  sent: "M4 8.5l3 3L13 5",
  taken: "M1.5 8.5l3 3L11 5M7.5 10.5l1 1L15 5",
  lock: "M7 11h10v8H7zM9 11V8a3 3 0 0 1 6 0v3",
};

/** An icon by its name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const small = name === "sent" || name === "taken";
  svg.setAttribute("viewBox", small ? "0 0 16 16" : "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon-" + name);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", paths[name]);
  svg.append(line);
  return svg;
}

/**
 * Makes a node.
 * @param props attributes; "class", "text" and listeners ("onclick") among them
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/**
 * Makes a node's children those that are given, and keeps the nodes that are
 * there already: what somebody is pressing, or has the focus, stays. Two nodes
 * are the same when their data-key is.
 */
export function redraw(parent, fresh) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const kept = fresh.map((node) => (old.has(node.dataset.key) ? alike(old.get(node.dataset.key), node) : node));
  for (const node of [...parent.children]) if (!kept.includes(node)) node.remove();
  kept.forEach((node, i) => { if (parent.children[i] !== node) parent.insertBefore(node, parent.children[i] ?? null); });
}

// alike makes a node say what another says; its listeners stay. It gives the
// node that is to stand there.
function alike(node, other) {
  if (node.nodeName !== other.nodeName) {
    node.replaceWith(other);
    return other;
  }
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== other.data) node.data = other.data;
    return node;
  }
  for (const { name } of [...node.attributes]) if (!other.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of other.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  const theirs = [...other.childNodes];
  [...node.childNodes].forEach((child, i) => { if (i < theirs.length) alike(child, theirs[i]); else child.remove(); });
  node.append(...theirs.slice(node.childNodes.length));
  return node;
}

/** A button that shows an icon and says its name to those who do not see it. */
export function iconButton(name, label, onclick, className = "") {
  return el("button", { type: "button", class: "icon " + className, "aria-label": label, title: label, onclick }, icon(name));
}

/** The round face of a person. */
export function face(person, size = "") {
  return el("span", { class: `face tone-${person.id % 6} ${size}`, "aria-hidden": "true", text: [...person.name][0] });
}

/** What somebody is to the bot. */
export function badge(person) {
  return el("span", { class: "part " + person.part.replace(" ", "-"), text: person.part });
}

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const timeOf = (ms) => clock.format(ms);
export const secondsOf = (ms) => seconds.format(ms);

/** Bytes as people read them. */
export function sizeOf(bytes) {
  if (bytes < 1024) return bytes + " B";
  if (bytes < 1024 * 1024) return Math.round(bytes / 1024) + " KB";
  return (bytes / 1024 / 1024).toFixed(1) + " MB";
}

/** A duration given in nanoseconds. */
export function tookOf(ns) {
  if (!ns) return "";
  if (ns < 1e6) return "<1 ms";
  if (ns < 1e9) return Math.round(ns / 1e6) + " ms";
  return (ns / 1e9).toFixed(1) + " s";
}

const toastTimers = new WeakMap(); // by the notice's node

/**
 * A short notice that goes by itself, or when what is returned is called.
 * @param place what it is about: a phone's, or the page's
 */
export function toast(text, place = document.body) {
  const node = place.querySelector(":scope > .toast");
  node.textContent = text;
  node.hidden = false;
  node.classList.remove("show");
  void node.offsetWidth; // so that the animation begins anew
  node.classList.add("show");
  clearTimeout(toastTimers.get(node));
  const timer = setTimeout(() => { node.hidden = true; }, 2800);
  toastTimers.set(node, timer);
  return () => { if (toastTimers.get(node) === timer) node.hidden = true; }; // a later notice stays
}

/** Does something that may fail, and says so if it does. */
export async function attempt(work, place) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message, place);
    return false;
  }
}

export async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied: " + (text.length > 40 ? text.slice(0, 39) + "…" : text), place);
  } catch {
    toast("The browser does not let this page copy.", place);
  }
}
