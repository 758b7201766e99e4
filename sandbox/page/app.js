// The page: who you are, the chat that person sees, and what they do in it.

import { renderMessage, summary } from "./message.js";
import { composer } from "./composer.js";
import { follow, order, setup } from "./server.js";

const $ = (id) => document.getElementById(id);
const typingLasts = 5000; // as the sandbox has it

const config = await setup();
let self = config.people.find((p) => p.id === Number(localStorage.getItem("person"))) ?? config.people[0];
let messages = new Map(); // by id, of the chat now shown
const seen = new Map(); // by person: the last message they were shown
let unfollow = () => {};
let connection = "live";
let typingTimer = 0;

/* What can be done to a message. */

const act = {
  find: (id) => messages.get(id),
  nameOf: (message) => (message.own ? self.name : config.bot),
  command: (text) => say(text),
  reply: (message) => write.reply(message),
  show(url) {
    $("viewer-image").src = url;
    $("viewer").showModal();
  },
  jump(id) {
    const node = nodeOf(id);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  },
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied");
    } catch {
      toast("The browser does not let this page copy.");
    }
  },
  async press(message, index, button) {
    button.classList.add("busy");
    try {
      const answer = await order("press", { person: self.id, message: message.id, button: index });
      if (answer.alert && answer.text) alertBox(answer.text);
      else if (answer.text) toast(answer.text);
    } catch (error) {
      toast(error.message);
    } finally {
      button.classList.remove("busy");
    }
  },
};

async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

function say(text, replyTo = 0) {
  return attempt(() => order("say", { person: self.id, text, reply_to: replyTo }));
}

const write = composer({
  self: () => self,
  nameOf: act.nameOf,
  summary,
  say,
  attempt,
  toast,
  pick: choosePeople,
});

/* The chat. */

function show(person) {
  self = person;
  localStorage.setItem("person", person.id);
  messages = new Map();
  $("messages").replaceChildren();
  write.reset();
  markSelf();
  unfollow();
  unfollow = follow(person.id, update, (state) => {
    connection = state;
    status(false);
  });
}

function update(change) {
  const list = $("messages");
  const first = change.reset;
  if (first) {
    messages = new Map();
    list.replaceChildren();
  }
  for (const message of change.messages) place(message);
  $("empty").hidden = messages.size > 0;
  arrange();
  status(change.state.typing);
  markUnread(change.state.latest);
  write.state(change.state);
  if (first || pinned || change.messages.some((m) => m.own && !m.edited)) toEnd();
}

function nodeOf(id) {
  return $("messages").querySelector(`[data-id="${Number(id)}"]`);
}

// place puts a new or changed message where it belongs: ids grow with time.
function place(message) {
  const old = nodeOf(message.id);
  if (message.deleted) {
    messages.delete(message.id);
    old?.remove();
    return;
  }
  messages.set(message.id, message);
  const node = renderMessage(message, act);
  if (old) {
    old.replaceWith(node);
    return;
  }
  const after = [...$("messages").querySelectorAll(".message")].find((n) => Number(n.dataset.id) > message.id);
  $("messages").insertBefore(node, after ?? null);
}

const days = new Intl.DateTimeFormat([], { day: "numeric", month: "long" });

// arrange writes the days between messages and marks where the speaker changes.
function arrange() {
  const list = $("messages");
  for (const day of list.querySelectorAll(".day")) day.remove();
  let before = null;
  for (const node of list.querySelectorAll(".message")) {
    const message = messages.get(Number(node.dataset.id));
    const day = days.format(message.date);
    if (!before || days.format(before.date) !== day) {
      const mark = document.createElement("li");
      mark.className = "day";
      mark.textContent = day;
      list.insertBefore(mark, node);
    }
    node.classList.toggle("turn", before !== null && before.own !== message.own);
    before = message;
  }
}

function status(typing) {
  const node = $("status");
  clearTimeout(typingTimer);
  const left = typing ? typing + typingLasts - Date.now() : 0;
  const types = connection === "live" && left > 0;
  node.textContent = connection === "lost" ? "connecting…" : types ? "typing…" : "bot";
  node.className = connection === "lost" ? "lost" : types ? "live" : "";
  if (types) typingTimer = setTimeout(() => status(0), left);
}

let pinned = true; // the newest message is in sight, and stays so

function atEnd() {
  const s = $("scroll");
  return s.scrollHeight - s.scrollTop - s.clientHeight < 60;
}

function toEnd() {
  const s = $("scroll");
  s.scrollTop = s.scrollHeight;
  pinned = true;
  $("down").hidden = true;
}

$("scroll").addEventListener("scroll", () => {
  pinned = atEnd();
  $("down").hidden = pinned;
}, { passive: true });
new ResizeObserver(() => { if (pinned) toEnd(); }).observe($("scroll")); // the composer grows and shrinks
$("down").addEventListener("click", toEnd);
$("start").addEventListener("click", () => say("/start"));

/* Notices. */

let toastTimer = 0;

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 2600);
}

function alertBox(text) {
  $("alert-text").textContent = text;
  $("alert").showModal();
}

$("viewer").addEventListener("click", () => $("viewer").close());

/* The side. */

function personButton(person) {
  const node = document.createElement("button");
  node.type = "button";
  node.dataset.id = person.id;
  const text = document.createElement("span");
  text.textContent = person.name;
  const part = document.createElement("small");
  part.textContent = `${person.part} · id ${person.id}`;
  text.append(part);
  node.append(face(person), text);
  return node;
}

function face(person) {
  const node = document.createElement("span");
  node.className = "face tone-" + (config.people.indexOf(person) % 4);
  node.textContent = [...person.name][0];
  node.setAttribute("aria-hidden", "true");
  return node;
}

function markSelf() {
  for (const node of $("people").children) {
    node.setAttribute("aria-checked", String(Number(node.dataset.id) === self.id));
  }
  $("self").replaceChildren(face(self));
}

// markUnread shows who got a message since they were last looked at.
function markUnread(latest) {
  seen.set(self.id, latest[self.id] ?? 0);
  let any = false;
  for (const node of $("people").children) {
    const id = Number(node.dataset.id);
    const unread = (latest[id] ?? 0) > (seen.get(id) ?? 0);
    node.classList.toggle("unread", unread);
    any ||= unread;
  }
  $("self").classList.toggle("unread", any);
}

function openSide(open) {
  $("side").classList.toggle("open", open);
  $("veil").hidden = !open;
  $("menu").setAttribute("aria-expanded", String(open));
}

for (const person of config.people) {
  const node = personButton(person);
  node.setAttribute("role", "radio");
  node.addEventListener("click", () => {
    openSide(false);
    if (person.id !== self.id) show(person);
  });
  $("people").append(node);
}

config.samples.forEach((name, sample) => {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = name;
  node.addEventListener("click", async () => {
    openSide(false);
    node.disabled = true;
    await attempt(() => order("sample", { person: self.id, sample, as_file: $("sample-as-file").checked }));
    node.disabled = false;
  });
  $("samples").append(node);
});
$("samples-section").hidden = config.samples.length === 0;

for (const answer of config.answers) $("service").append(new Option(answer.label, answer.name));
if (config.answer) $("service").value = config.answer;
$("service-section").hidden = config.answers.length === 0;
$("service").addEventListener("change", () => attempt(() => order("service", { person: self.id, answer: $("service").value })));

$("menu").addEventListener("click", () => openSide(true));
$("self").addEventListener("click", () => openSide(true));
$("veil").addEventListener("click", () => openSide(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openSide(false);
});

/* A keyboard button that asks for people. */

function choosePeople(request) {
  const list = $("picker-list");
  list.replaceChildren();
  for (const person of config.people) {
    const node = personButton(person);
    node.addEventListener("click", () => {
      $("picker").close();
      attempt(() => order("share", { person: self.id, request_id: request.request_id, users: [person.id] }));
    });
    list.append(node);
  }
  $("picker").showModal();
}

$("bot-name").textContent = config.bot;
document.title = `${config.bot} · mrzbot sandbox`;
show(self);
