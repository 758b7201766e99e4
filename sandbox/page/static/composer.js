// The lower edge of a chat: text, attachments, reply, commands, keyboard.

import { attempt, el, icon, iconButton } from "./dom.js";
import { choose, choosePeople, popover } from "./overlay.js";
import { word } from "./phone.js";
import { order } from "./server.js";
import { sendDialog, specimenSheet } from "./sending.js";

/**
 * Fills the composer of a pane and makes it work.
 * @param form its place; pane is where files may be dropped
 * @param chat what it needs: id, person, nameOf, summary, say
 */
export function composer(form, pane, chat) {
  const nodes = make(chat);
  form.append(nodes.commands, nodes.reply, nodes.line, nodes.keyboard);
  let replyTo = null;
  let commands = [];
  let chosen = -1; // of the commands now listed
  let entered = false; // Enter was pressed, and did its work

  /* Text. */

  function grow() {
    nodes.text.style.height = "auto";
    nodes.text.style.height = nodes.text.scrollHeight + "px";
    form.classList.toggle("filled", nodes.text.value.trim() !== "");
  }

  async function submit() {
    const words = nodes.text.value.trim();
    if (!words) return;
    const reply = replyTo?.id ?? 0;
    clear();
    setReply(null);
    if (!await chat.say(words, reply)) {
      nodes.text.value ||= words; // nothing that was written is lost
      grow();
    }
  }

  function clear() {
    nodes.text.value = "";
    grow();
    list(null);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  nodes.text.addEventListener("input", () => {
    grow();
    const start = /^\/(\w*)$/.exec(nodes.text.value);
    list(start ? start[1].toLowerCase() : null);
  });
  nodes.text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !nodes.commands.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && (open || replyTo)) {
      event.stopPropagation();
      list(null);
      setReply(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      entered = true;
      if (open && chosen >= 0) nodes.commands.children[chosen].click();
      else submit();
    }
  });
  // Some keyboards of phones bring the line break all the same.
  nodes.text.addEventListener("beforeinput", (event) => {
    if (entered && event.inputType === "insertLineBreak") event.preventDefault();
    entered = false;
  });

  /* Commands. */

  // list shows the commands that begin so; null closes the list.
  function list(beginning) {
    chosen = -1;
    const fitting = beginning === null ? [] : commands.filter((c) => c.command.startsWith(beginning));
    nodes.commands.replaceChildren(...fitting.map((command, i) => el("button", {
      type: "button", role: "option", id: `command-${chat.id}-${i}`, "aria-selected": "false",
      onclick: () => {
        clear();
        chat.say("/" + command.command);
        nodes.text.focus();
      },
    }, el("b", { text: "/" + command.command }), el("span", { text: command.description }))));
    nodes.commands.hidden = fitting.length === 0;
    nodes.menu.setAttribute("aria-expanded", String(!nodes.commands.hidden));
    nodes.text.removeAttribute("aria-activedescendant");
  }

  function mark(step) {
    const all = [...nodes.commands.children];
    chosen = chosen < 0 && step < 0 ? all.length - 1 : (chosen + step + all.length) % all.length;
    all.forEach((node, i) => node.setAttribute("aria-selected", String(i === chosen)));
    all[chosen].scrollIntoView({ block: "nearest" });
    nodes.text.setAttribute("aria-activedescendant", all[chosen].id);
  }

  nodes.menu.addEventListener("click", () => {
    list(nodes.commands.hidden ? "" : null);
    nodes.text.focus();
  });
  pane.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) list(null);
  });

  /* Reply. */

  function setReply(message) {
    replyTo = message;
    nodes.reply.hidden = !message;
    if (!message) return;
    nodes.replyName.textContent = "Reply to " + chat.nameOf(message);
    nodes.replyText.textContent = chat.summary(message);
    nodes.text.focus();
  }

  nodes.replyCancel.addEventListener("click", () => setReply(null));

  /* Attachments. */

  function send(files, asFile) {
    if (files.length === 0) return;
    const caption = nodes.text.value.trim();
    const reply = replyTo;
    sendDialog({ person: chat.id, files: [...files], asFile, caption, replyTo: reply?.id ?? 0, sent() {
      // What was written or chosen meanwhile is of the next message.
      if (nodes.text.value.trim() === caption) clear();
      if (replyTo === reply) setReply(null);
      if (pane.contains(document.activeElement)) nodes.text.focus();
    } });
  }

  const specimens = () => specimenSheet(chat.id, chat.person, pane);

  function pickFiles(asFile) {
    const input = el("input", { type: "file", multiple: true, hidden: true });
    if (!asFile) input.accept = "image/jpeg,image/png";
    input.addEventListener("change", () => { send(input.files, asFile); input.remove(); });
    input.addEventListener("cancel", () => input.remove());
    document.body.append(input); // so that it is there as long as the choice is open
    input.click();
  }

  nodes.attach.addEventListener("click", () => popover(nodes.attach, [
    ["card", "Specimen card…", specimens],
    ["photo", "Photos", () => pickFiles(false)],
    ["file", "Files, as they are", () => pickFiles(true)],
    ["contact", "Contact…", () => choose("Whose contact?", 0, (whose) => order("contact", { person: chat.id, whose }))],
    ["place", "Place", () => attempt(() => order("other", { person: chat.id, kind: "location" }))],
    ["smile", "Sticker", () => attempt(() => order("other", { person: chat.id, kind: "sticker" }))],
  ]));
  pane.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    send(files, false);
  });
  dropping(pane, send);

  /* The reply keyboard the bot shows. */

  function showKeyboard(rows) {
    nodes.keyboard.replaceChildren(...(rows ?? []).map((row) => el("div", {}, ...row.map(keyButton))));
    nodes.keyboard.hidden = !rows?.length;
  }

  function keyButton(key) {
    const style = ["danger", "success", "primary"].includes(key.style) ? key.style : "";
    const node = el("button", { type: "button", class: style, text: key.text });
    const ask = key.request_users;
    node.addEventListener("click", () => {
      if (ask) {
        choosePeople(key.text, ask.max_quantity || 1, chat.id, (users) => order("share", { person: chat.id, request_id: ask.request_id, users }));
      } else if (key.request_contact) {
        attempt(() => order("contact", { person: chat.id, whose: chat.id }));
      } else if (key.request_location) {
        attempt(() => order("other", { person: chat.id, kind: "location" }));
      } else {
        chat.say(key.text);
      }
    });
    return node;
  }

  let keys = "";

  return {
    reply: setReply,
    specimens,
    focus: () => nodes.text.focus(),
    state(state) {
      commands = state.commands ?? [];
      nodes.menu.hidden = commands.length === 0;
      nodes.text.placeholder = state.placeholder || word(chat.person, "message");
      const now = JSON.stringify(state.keyboard ?? null);
      if (now !== keys) showKeyboard(state.keyboard);
      keys = now;
    },
  };
}

function make(chat) {
  const nodes = {
    commands: el("div", { class: "commands", role: "listbox", "aria-label": "Commands", id: `commands-${chat.id}` }),
    replyName: el("b"),
    replyText: el("span"),
    replyCancel: iconButton("close", "Do not reply", null),
    text: el("textarea", { rows: "1", placeholder: word(chat.person, "message"), "aria-label": `Message of ${chat.person.name}`, enterkeyhint: "send", "aria-controls": `commands-${chat.id}` }),
    menu: iconButton("menu", "Commands", null, "menu"),
    attach: iconButton("attach", "Attach", null),
    keyboard: el("div", { class: "keyboard" }),
  };
  nodes.attach.id = `attach-${chat.id}`;
  nodes.attach.setAttribute("aria-haspopup", "menu");
  nodes.menu.setAttribute("aria-expanded", "false");
  nodes.menu.setAttribute("aria-controls", `commands-${chat.id}`);
  nodes.reply = el("div", { class: "strip" }, icon("reply"), el("div", { class: "quote" }, el("span", {}, nodes.replyName, nodes.replyText)), nodes.replyCancel);
  nodes.line = el("div", { class: "line" }, el("div", { class: "field" }, nodes.menu, nodes.text, nodes.attach),
    el("button", { type: "submit", class: "icon send", "aria-label": "Send", title: "Send" }, icon("send")));
  for (const hidden of [nodes.commands, nodes.reply, nodes.menu, nodes.keyboard]) hidden.hidden = true;
  return nodes;
}

// dropping lets files be dropped on a pane: on its upper half as photos, on
// its lower half as files.
function dropping(pane, send) {
  const photos = el("div", { class: "drop-half" }, icon("photo"), el("b", { text: "Drop to send as a photo" }), el("span", { text: "scaled and compressed, as Telegram does" }));
  const files = el("div", { class: "drop-half" }, icon("file"), el("b", { text: "Drop to send as a file" }), el("span", { text: "as it is, with all it says about itself" }));
  const veil = el("div", { class: "drop", hidden: true }, photos, files);
  pane.append(veil);
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  let over = 0; // dragenter and dragleave come for every child
  const leave = () => {
    over = 0;
    veil.hidden = true;
    photos.classList.remove("over");
    files.classList.remove("over");
  };
  pane.addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    over++;
    veil.hidden = false;
  });
  pane.addEventListener("dragleave", (event) => {
    if (carries(event) && --over <= 0) leave();
  });
  pane.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    photos.classList.toggle("over", photos.contains(event.target));
    files.classList.toggle("over", files.contains(event.target));
  });
  pane.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    const asFile = files.contains(event.target);
    leave();
    send(event.dataTransfer.files, asFile);
  });
}
