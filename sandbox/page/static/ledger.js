// The photos: each one's steps, the ledger, and the attempts that counted, told
// from the bot's own log as far back as the journal holds it: less than the
// bot's own count of the day, once the oldest entries are gone.

import { el, face, redraw, secondsOf } from "./dom.js";
import { on, personOf, store } from "./store.js";

const maxPhotos = 150;

const outcomes = { ok: "good", unreadable: "fair" };

/** Fills the page of the photos, and keeps it true. */
export function ledger(body) {
  let photos = new Map(); // by update_id, oldest first
  const attempts = el("div", { class: "attempts" });
  const rows = el("div", { class: "photos" });
  body.append(el("section", { class: "group" }, el("h3", { text: "Attempts that counted, of the photos below" }), attempts),
    el("section", { class: "group" }, el("h3", { text: "Ledger" }), rows));

  function draw() {
    const counted = new Map();
    for (const photo of photos.values()) if (photo.counted) counted.set(photo.person, (counted.get(photo.person) ?? 0) + 1);
    attempts.replaceChildren(...[...counted].map(([id, n]) => el("span", { class: "attempt" }, face(personOf(id), "tiny"), el("b", { text: personOf(id).name }), el("span", { text: n }))));
    if (counted.size === 0) attempts.append(el("span", { class: "quiet", text: "None yet." }));
    const open = new Set([...rows.querySelectorAll("details[open]")].map((d) => Number(d.dataset.key)));
    redraw(rows, [...photos.values()].reverse().map((photo) => row(photo, open.has(photo.update))));
    if (photos.size === 0) rows.append(el("p", { class: "quiet", text: "No photo was sent yet." }));
  }

  let due = false;
  on("journal", (change) => {
    if (change.reset) photos = new Map();
    for (const entry of change.entries) note(photos, entry);
    while (photos.size > maxPhotos) photos.delete(photos.keys().next().value);
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  });
  draw();
}

const valueOf = (entry, name) => entry.fields?.find((f) => f.name === name)?.value;

// note takes from an entry what it says of a photo.
function note(photos, entry) {
  if (entry.source === "delivery" && entry.what === "message" && !entry.bad) {
    if (carriesPicture(valueOf(entry, "update"))) step(photoOf(photos, entry), entry, "delivered");
    return;
  }
  if (entry.source !== "bot") return;
  if (entry.what === "task step") {
    const update = Number((valueOf(entry, "task") ?? "").split(":")[1]);
    if (photos.has(update)) step(photos.get(update), entry, valueOf(entry, "step"));
    return;
  }
  if (!entry.what.startsWith("photo ") || !entry.update) return;
  const photo = photoOf(photos, entry);
  if (entry.what === "photo step") step(photo, entry, valueOf(entry, "step"));
  if (entry.what === "photo waits") photo.waits = valueOf(entry, "outcome");
  if (entry.what === "photo answered") {
    photo.outcome = valueOf(entry, "outcome");
    photo.counted = valueOf(entry, "counted") === "true";
    photo.charged = valueOf(entry, "charged");
    photo.took = valueOf(entry, "took");
    photo.waits = "";
  }
}

// carriesPicture looks at the message itself: the one it answers may have a
// photo too. An animation comes with a document beside it.
function carriesPicture(update) {
  try {
    const { message } = JSON.parse(update);
    return Boolean(message.photo ?? message.document) && !message.animation;
  } catch {
    return false;
  }
}

function photoOf(photos, entry) {
  if (!photos.has(entry.update)) photos.set(entry.update, { update: entry.update, at: entry.at, person: entry.person, steps: [], outcome: "", waits: "" });
  const photo = photos.get(entry.update);
  photo.person ||= entry.person;
  return photo;
}

function step(photo, entry, name) {
  photo.steps.push({ name, at: entry.at });
  photo.steps.sort((a, b) => a.at - b.at); // a call is written down when it ends
}

function row(photo, open) {
  const who = personOf(photo.person);
  const over = !photo.outcome && photo.steps.some((s) => s.name === "done"); // a stranger's is not looked at
  const state = photo.outcome || (photo.waits ? "waits" : photo.steps.at(-1)?.name ?? "");
  const kind = photo.outcome ? outcomes[photo.outcome] ?? "bad" : over ? "" : "busy";
  const node = el("details", { class: "photo-row", open },
    el("summary", {}, face(who, "tiny"), el("b", { text: who.name }), el("time", { text: secondsOf(photo.at) }), el("span", { class: "outcome " + kind, text: state }),
      el("span", { class: "facts" }, photo.outcome ? `${photo.counted ? "counted" : "not counted"} · charged: ${photo.charged} · ${short(photo.took)}` : over ? "no attempt" : photo.waits ? `for: ${photo.waits}` : "in work")),
    el("ol", { class: "timeline" }, ...photo.steps.map((s, i) => el("li", {}, el("b", { text: s.name }), el("small", { text: i === 0 ? secondsOf(s.at) : "+" + gap(s.at - photo.steps[0].at) })))));
  node.dataset.key = photo.update;
  return node;
}

function gap(ms) {
  return ms < 1000 ? ms + " ms" : (ms / 1000).toFixed(1) + " s";
}

// short rounds a duration of Go's.
function short(took) {
  const found = /^([\d.]+)(µs|ms|s)$/.exec(took ?? "");
  return found ? `${Number(found[1]) < 10 ? Number(found[1]).toFixed(1) : Math.round(Number(found[1]))} ${found[2]}` : took ?? "";
}
