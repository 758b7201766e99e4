// The lower edge of the chat: text, picture, reply, commands, keyboard.

import { order, upload } from "./server.js";

const $ = (id) => document.getElementById(id);

/**
 * Makes the composer work.
 * @param chat what it needs: self, nameOf, summary, say, attempt, toast, pick
 */
export function composer(chat) {
  const text = $("text");
  let replyTo = null;
  let picked = null; // the file to be sent
  let commands = [];
  let chosen = -1; // of the commands now listed

  /* Text. */

  function grow() {
    text.style.height = "auto";
    text.style.height = text.scrollHeight + "px";
  }

  async function submit() {
    const words = text.value.trim();
    const reply = replyTo?.id ?? 0;
    if (!words && !picked) return;
    const file = picked;
    const kind = document.querySelector('input[name="as"]:checked')?.value ?? "file";
    clearText();
    setReply(null);
    pick(null);
    const sent = file
      ? await chat.attempt(() => upload(file, { person: chat.self().id, as: kind, name: file.name, caption: words, reply_to: reply }))
      : await chat.say(words, reply);
    if (!sent) {
      text.value ||= words; // nothing that was written is lost
      if (file) pick(file);
      grow();
    }
  }

  function clearText() {
    text.value = "";
    grow();
    list(null);
  }

  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  text.addEventListener("input", () => {
    grow();
    const start = /^\/(\w*)$/.exec(text.value);
    list(start ? start[1].toLowerCase() : null);
  });

  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !$("commands").hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      list(null);
      setReply(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && chosen >= 0) $("commands").children[chosen].click();
      else submit();
    }
  });

  /* Commands. */

  // list shows the commands that begin so; null closes the list.
  function list(beginning) {
    const box = $("commands");
    box.replaceChildren();
    chosen = -1;
    const fitting = beginning === null ? [] : commands.filter((c) => c.command.startsWith(beginning));
    for (const command of fitting) {
      const node = document.createElement("button");
      node.type = "button";
      node.setAttribute("role", "option");
      const name = document.createElement("b");
      name.textContent = "/" + command.command;
      const what = document.createElement("span");
      what.textContent = command.description;
      node.append(name, what);
      node.addEventListener("click", () => {
        clearText();
        chat.say("/" + command.command);
        text.focus();
      });
      box.append(node);
    }
    box.hidden = fitting.length === 0;
    $("slash").setAttribute("aria-expanded", String(!box.hidden));
  }

  function choose(step) {
    const nodes = $("commands").children;
    chosen = (chosen + step + nodes.length) % nodes.length;
    [...nodes].forEach((node, i) => node.classList.toggle("chosen", i === chosen));
    nodes[chosen].scrollIntoView({ block: "nearest" });
  }

  $("slash").addEventListener("click", () => {
    list($("commands").hidden ? "" : null);
    text.focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".composer")) list(null);
  });

  /* Reply. */

  function setReply(message) {
    replyTo = message;
    $("reply").hidden = !message;
    if (!message) return;
    $("reply-name").textContent = chat.nameOf(message);
    $("reply-text").textContent = chat.summary(message);
    text.focus();
  }

  $("reply-cancel").addEventListener("click", () => setReply(null));

  /* Picture: chosen, pasted or dropped. */

  function pick(file) {
    if ($("picked-image").src) URL.revokeObjectURL($("picked-image").src);
    picked = file;
    $("picked").hidden = !file;
    $("picked-image").hidden = true;
    $("picked-image").removeAttribute("src");
    $("file").value = "";
    if (!file) return;
    const asPhoto = /^image\/(jpeg|png)$/.test(file.type);
    $("picked-name").textContent = file.name || "Pasted picture";
    $("as-photo").disabled = !asPhoto;
    $(asPhoto ? "as-photo" : "as-file").checked = true;
    if (asPhoto) {
      $("picked-image").src = URL.createObjectURL(file);
      $("picked-image").hidden = false;
    }
    text.focus();
  }

  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => pick($("file").files[0] ?? null));
  $("picked-cancel").addEventListener("click", () => pick(null));
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    pick(file);
  });

  let over = 0; // dragenter and dragleave come for every child
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!carriesFile(event)) return;
    over++;
    $("drop").hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!carriesFile(event)) return;
    over = Math.max(0, over - 1);
    $("drop").hidden = over === 0;
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFile(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    over = 0;
    $("drop").hidden = true;
    pick(event.dataTransfer.files[0] ?? null);
  });

  /* The reply keyboard the bot shows. */

  function showKeyboard(rows) {
    $("keyboard").replaceChildren();
    for (const row of rows ?? []) {
      const line = document.createElement("div");
      for (const key of row) line.append(keyButton(key));
      $("keyboard").append(line);
    }
    $("keyboard").hidden = !rows?.length;
  }

  function keyButton(key) {
    const node = document.createElement("button");
    node.type = "button";
    if (["danger", "success", "primary"].includes(key.style)) node.className = key.style;
    node.textContent = key.text;
    node.addEventListener("click", () => {
      if (key.request_users) chat.pick(key.request_users);
      else if (key.request_contact || key.request_location) {
        const kind = key.request_contact ? "contact" : "location";
        chat.attempt(() => order("other", { person: chat.self().id, kind }));
      } else chat.say(key.text);
    });
    return node;
  }

  return {
    reply: setReply,
    reset() {
      clearText();
      setReply(null);
      pick(null);
    },
    state(state) {
      commands = state.commands ?? [];
      $("slash").hidden = commands.length === 0;
      text.placeholder = state.placeholder || "Message";
      showKeyboard(state.keyboard);
    },
  };
}
