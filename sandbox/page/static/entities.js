// Texts with entities. Offsets are UTF-16 units, which is what JavaScript's
// strings count in. Nothing is ever made of markup: only nodes and textContent.

/**
 * Fills a node with a text and its entities.
 * @param act what taps do: {copy(text), command(text), startCode(address), start(code)}
 */
export function renderText(node, text, entities, act) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(node, text, 0, text.length, sorted, act);
}

function fill(node, text, from, to, entities, act) {
  let at = from;
  for (let i = 0; i < entities.length;) {
    const entity = entities[i];
    const end = Math.min(entity.offset + entity.length, to);
    const inner = [];
    let next = i + 1;
    while (next < entities.length && entities[next].offset < end) inner.push(entities[next++]);
    if (entity.offset > at) node.append(text.slice(at, entity.offset));
    const block = blocks.includes(entity.type);
    const child = element(entity, text.slice(entity.offset, end), act);
    fill(child, text, entity.offset, end, inner, act);
    node.append(entity.type === "expandable_blockquote" ? folding(child) : child);
    at = end;
    if (block && text[at] === "\n" && at < to) at++; // the block itself ends the line
    i = next;
  }
  if (at < to) node.append(text.slice(at, to));
}

const blocks = ["pre", "blockquote", "expandable_blockquote"];

const plain = { bold: "b", italic: "i", underline: "u", strikethrough: "s", blockquote: "blockquote", expandable_blockquote: "blockquote" };

function element(entity, text, act) {
  switch (entity.type) {
    case "code":
    case "pre": {
      const node = document.createElement(entity.type);
      node.title = "Copy";
      node.tabIndex = 0;
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", "Copy " + text);
      node.addEventListener("click", () => {
        if (getSelection().isCollapsed) act.copy(text);
      });
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          act.copy(text);
        }
      });
      return node;
    }
    case "text_link":
      return link(entity.url, act);
    case "url":
      return link(/^[a-z]+:/i.test(text) ? text : "https://" + text, act);
    case "bot_command": {
      const node = document.createElement("button");
      node.type = "button";
      node.className = "link";
      node.addEventListener("click", () => act.command(text));
      return node;
    }
    case "spoiler": {
      const node = document.createElement("span");
      node.className = "spoiler";
      node.addEventListener("click", () => node.classList.add("open"));
      return node;
    }
  }
  return document.createElement(plain[entity.type] ?? "span");
}

// folding shows the first lines of a quote, and a button for the rest when
// there is more.
function folding(quote) {
  const content = document.createElement("div");
  content.className = "folded";
  content.append(...quote.childNodes);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "unfold";
  const set = (open) => {
    content.classList.toggle("open", open);
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : "Show more";
  };
  more.addEventListener("click", () => set(!content.classList.contains("open")));
  set(false);
  new ResizeObserver(() => {
    if (!content.classList.contains("open")) more.hidden = content.scrollHeight <= content.clientHeight + 1;
  }).observe(content);
  quote.append(content, more);
  return quote;
}

// link opens web addresses only; a bot could name others. One that starts the bot with
// a code is not opened but followed here.
function link(address, act) {
  const code = act.startCode(address);
  if (code) {
    const node = document.createElement("button");
    node.type = "button";
    node.className = "link";
    node.addEventListener("click", () => act.start(code));
    return node;
  }
  const node = document.createElement("a");
  if (/^https?:\/\//i.test(address ?? "")) {
    node.href = address;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}
