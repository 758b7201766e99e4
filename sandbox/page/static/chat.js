// A pane: one person's chat with the bot.

import { composer } from "./composer.js";
import { attempt, badge, copy, el, face, iconButton, toast } from "./dom.js";
import { choose, popover } from "./overlay.js";
import { renderMessage, summary } from "./message.js";
import { dayOf, word } from "./phone.js";
import { order } from "./server.js";
import { chatOf, on, personOf, see, store, tell } from "./store.js";

const typingLasts = 5000; // as the sandbox has it
const nearEnd = 80; // pixels: so near the newest message is still in sight
const mostPresses = 2; // each holds one of the browser's six connections until the bot answers
let presses = 0; // that wait for an answer, of all panes

/**
 * Makes the pane of a person.
 * @param page what it asks of the page: alone, covered, choose, beside, close
 */
export function chatPane(id, page) {
  const chat = chatOf(id);
  const person = personOf(id);
  const nodes = frame(person, page);
  let pinned = true; // the newest message is in sight, and stays so
  let fresh = false; // all messages are being drawn, none has just come
  let typingTimer = 0;

  const act = {
    copy: (text) => copy(text, nodes.root),
    find: (message) => chat.messages.get(message),
    summary: (message) => summary(message, person),
    nameOf: (message) => (message.own ? person.name : store.setup.bot),
    command: (text) => say(text),
    startCode(address) {
      const [, bot, code] = /^https:\/\/t\.me\/(\w+)\?start=([\w-]+)$/.exec(address ?? "") ?? [];
      return bot === store.setup.bot_name ? code : "";
    },
    start: (code) => choose("Who opens this link?", 0, async (who) => {
      await order("say", { person: who, text: `/start ${code}` });
      if (!document.querySelector(`.pane[data-person="${Number(who)}"]`)) page.beside(who);
    }),
    reply: (message) => write.reply(message),
    show: (url) => tell("show", url),
    jump(message) {
      const node = nodeOf(message);
      if (!node) return;
      node.scrollIntoView({ block: "center", behavior: "smooth" });
      node.classList.remove("flash");
      requestAnimationFrame(() => node.classList.add("flash"));
    },
    async press(message, index, button) {
      if (button.classList.contains("busy")) return;
      if (presses >= mostPresses) {
        toast("The bot has not answered the presses before.", nodes.root);
        return;
      }
      button.classList.add("busy");
      presses++;
      try {
        const answer = await order("press", { person: id, message: message.id, button: index });
        if (answer.alert && answer.text) tell("alert", answer.text, person.name);
        else if (answer.text) toast(answer.text, nodes.root);
        else if (!answer.answered) toast("The bot has not answered yet.", nodes.root);
      } catch (error) {
        toast(error.message, nodes.root);
      } finally {
        presses--;
        button.classList.remove("busy");
      }
    },
  };

  const say = (text, replyTo = 0) => attempt(() => order("say", { person: id, text, reply_to: replyTo }), nodes.root);
  const write = composer(nodes.foot, nodes.root, { id, person, nameOf: act.nameOf, summary: act.summary, say });

  /* Messages. */

  const nodeOf = (message) => nodes.list.querySelector(`[data-id="${Number(message)}"], [data-part="${Number(message)}"]`)?.closest(".message");

  // partsOf is a message with the rest of its album.
  function partsOf(message) {
    if (!message.album) return message.deleted ? [] : [message];
    return [...chat.messages.values()].filter((m) => m.album === message.album).sort((a, b) => a.id - b.id);
  }

  // place puts a new or changed message where it belongs: ids grow with time.
  function place(message) {
    const old = nodeOf(message.id) ?? (message.album ? nodes.list.querySelector(`[data-album="${CSS.escape(message.album)}"]`) : null);
    const parts = partsOf(message);
    if (parts.length === 0) {
      if (old) leave(old);
      return;
    }
    const node = renderMessage(parts, act);
    if (message.album) node.dataset.album = message.album;
    if (old) {
      old.replaceWith(node);
      return;
    }
    if (!fresh) node.classList.add("new");
    const after = [...nodes.list.querySelectorAll(".message")].find((n) => Number(n.dataset.id) > parts[0].id);
    nodes.list.insertBefore(node, after ?? null);
  }

  function leave(node) {
    node.classList.add("gone");
    node.addEventListener("animationend", () => { node.remove(); arrange(); });
    setTimeout(() => node.isConnected && node.remove(), 400); // where nothing is animated
  }

  // arrange writes the days between messages and marks where the speaker changes.
  function arrange() {
    for (const day of nodes.list.querySelectorAll(".day")) day.remove();
    let before = null;
    let beforeNode = null;
    for (const node of nodes.list.querySelectorAll(".message:not(.gone)")) {
      const message = chat.messages.get(Number(node.dataset.id));
      if (!message) continue;
      const day = new Date(message.date).toDateString();
      const newDay = !before || new Date(before.date).toDateString() !== day;
      if (newDay) nodes.list.insertBefore(el("li", { class: "day", text: dayOf(person, message.date) }), node);
      const turn = newDay || before.own !== message.own;
      node.classList.toggle("first", turn);
      node.classList.add("last");
      if (!turn) beforeNode.classList.remove("last");
      before = message;
      beforeNode = node;
    }
    nodes.empty.hidden = chat.messages.size > 0;
    nodes.start.hidden = chat.state.started;
    nodes.specimen.hidden = !chat.state.started;
    nodes.hint.textContent = chat.state.started
      ? `You are ${person.name}. Send the bot the back of an ID card.`
      : "It reads the machine readable zone on the back of an ID card.";
  }

  /* Where one looks. */

  // look notes what is in sight; on a phone the list may cover the chat.
  function look() {
    if (!page.covered()) see(id);
  }

  const atEnd = () => nodes.scroll.scrollHeight - nodes.scroll.scrollTop - nodes.scroll.clientHeight < nearEnd;

  function toEnd() {
    nodes.scroll.scrollTop = nodes.scroll.scrollHeight;
    pinned = true;
    nodes.down.hidden = true;
    look();
  }

  nodes.scroll.addEventListener("scroll", () => {
    pinned = atEnd();
    nodes.down.hidden = pinned;
    if (pinned) look();
  }, { passive: true });
  const watch = new ResizeObserver(() => { if (pinned) toEnd(); });
  watch.observe(nodes.scroll); // the composer grows and shrinks
  watch.observe(nodes.list); // pictures come later than their message
  nodes.down.addEventListener("click", toEnd);
  nodes.start.addEventListener("click", () => say("/start"));
  nodes.specimen.addEventListener("click", () => write.specimens());
  nodes.more.addEventListener("click", () => menu(nodes.more, id, page));

  /* What changes. */

  function status() {
    clearTimeout(typingTimer);
    const left = chat.state.typing ? chat.state.typing + typingLasts - Date.now() : 0;
    const types = store.online && left > 0;
    const [text, kind] = !store.online ? ["connecting…", "lost"]
      : store.bot && store.bot.state !== "running" ? [store.bot.state === "down" ? "the bot is down" : "the bot is starting", "lost"]
      : types ? [word(person, "typing"), "live"]
      : chat.state.blocked ? ["blocked", "lost"] : [word(person, "bot"), ""];
    nodes.status.textContent = text;
    nodes.status.className = kind + (types ? " typing" : "");
    if (types) typingTimer = setTimeout(status, left);
  }

  function redraw() {
    nodes.list.replaceChildren();
    fresh = true;
    for (const message of [...chat.messages.values()].sort((a, b) => a.id - b.id)) place(message);
    fresh = false;
    arrange();
    status();
    write.state(chat.state);
    toEnd();
  }

  const off = [
    on("chat", (change) => {
      if (change.person !== id) return;
      if (change.reset) {
        redraw();
        return;
      }
      for (const message of change.messages) place(message);
      arrange();
      status();
      write.state(chat.state);
      if (pinned || change.messages.some((m) => m.own && !m.taken && !m.edited)) toEnd();
    }),
    on("people", () => nodes.part.replaceChildren(badge(personOf(id)))),
    on("bot", status),
    on("online", status),
  ];
  redraw();

  return {
    id,
    node: nodes.root,
    focus: () => write.focus(),
    specimens: () => write.specimens(),
    end() {
      for (const stop of off) stop();
      watch.disconnect();
      clearTimeout(typingTimer);
    },
  };
}

// frame makes what stands around the messages.
function frame(person, page) {
  const nodes = {
    status: el("span", { role: "status" }),
    more: iconButton("more", `More about ${person.name}’s chat`, null),
    list: el("ol", { class: "messages" }),
    part: el("span", {}, badge(person)),
    down: iconButton("down", "To the newest message", null, "down"),
    hint: el("p", { class: "quiet" }),
    start: el("button", { type: "button", class: "primary", text: "Start" }),
    specimen: el("button", { type: "button", class: "primary", text: "Send a specimen card" }),
    foot: el("form", { class: "composer", autocomplete: "off" }),
  };
  nodes.down.hidden = true;
  nodes.empty = el("div", { class: "empty" }, el("div", { class: "card" },
    el("img", { src: "icon.svg", alt: "", width: "64", height: "64" }), el("p", {}, el("b", { text: "What can this bot do?" })), nodes.hint, nodes.start, nodes.specimen));
  nodes.scroll = el("div", { class: "scroll", role: "log", "aria-label": `${person.name}’s messages`, tabindex: "0" }, nodes.list, nodes.empty);
  const who = el("button", { type: "button", class: "self", title: `You are ${person.name}. Choose somebody else`, onclick: () => page.choose() },
    face(person, "small"), el("span", {}, el("b", { text: person.name }), nodes.part));
  const bar = el("header", { class: "bar" },
    el("img", { class: "bar-face", src: "icon.svg", alt: "", width: "42", height: "42" }),
    el("div", { class: "bar-name" }, el("h2", { text: store.setup.bot }), nodes.status),
    who, nodes.more,
    iconButton("close", "Close this chat", () => page.close(person.id), "to-close"));
  nodes.root = el("section", { class: "pane", "aria-label": `${person.name}’s chat with the bot` }, bar, nodes.scroll, nodes.down, nodes.foot,
    el("div", { class: "toast", role: "status", hidden: true }));
  nodes.root.dataset.person = person.id;
  return nodes;
}

// menu offers what can be done with the chat as a whole.
function menu(anchor, id, page) {
  const blocked = chatOf(id).state.blocked;
  const items = [
    ["forward", "Forward a message of somebody…", () => choose("Whose message is forwarded?", id, (whose) => order("forward", { person: id, whose }))],
    ["contact", "Share somebody’s contact…", () => choose("Whose contact?", id, (whose) => order("contact", { person: id, whose }))],
    ...(page.alone() ? [] : [["beside", "Open another chat beside", () => page.beside(id)]]),
    ["block", blocked ? "Let the bot write again" : "Block the bot", () => attempt(() => order("block", { person: id, on: !blocked }))],
  ];
  popover(anchor, items);
}

