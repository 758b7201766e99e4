// What stands above and beside the phones: what this is, and the ways in.

import { attempt, el, icon } from "./dom.js";
import { order } from "./server.js";
import { broken, on, store } from "./store.js";

/**
 * Fills the masthead's buttons and the words beside the first phone.
 * @param page what it asks of the page: people, tools, specimens, beAdmin
 */
export function masthead(nav, hero, page) {
  const play = playButton("");
  const people = toggle("contact", "People", page.people, "side");
  const tools = toggle("tools", "Behind and broken", page.tools, "tools");
  nav.append(play, people, tools);
  on("aside", (name, open) => (name === "side" ? people : tools).setAttribute("aria-expanded", String(open)));
  on("switches", () => { tools.dataset.count = broken() || ""; });

  hero.append(
    el("h2", { text: "A photo of an ID card goes in. What stands on it comes out, checked." }),
    el("p", { text: "An agent sends the back of a card. The bot has it read, checks every field, and answers. It runs here as it is; Telegram and the recognition service are played by this computer." }),
    playButton(" the demonstration"),
    el("p", { class: "or", text: "Or try it yourself:" }),
    el("ul", {},
      way("card", "Send a card: sharp, blurred, or its front", page.specimens),
      way("contact", "Be the admin who lets somebody in", page.beAdmin),
      way("power", "Break the recognition service, or kill the bot", page.tools)));
}

// playButton begins the demonstration, and ends it.
function playButton(what) {
  const node = el("button", { type: "button", class: "primary play", onclick: () => attempt(() => order("demo", { on: !store.demo.playing })) });
  const label = () => node.replaceChildren(icon(store.demo.playing ? "stop" : "play"), el("span", { text: (store.demo.playing ? "Stop" : "Play") + what }));
  on("demo", label);
  label();
  return node;
}

function toggle(name, label, onclick, controls) {
  return el("button", { type: "button", class: "nav-" + controls, "aria-label": label, title: label, "aria-expanded": "false", "aria-controls": controls, onclick }, icon(name), el("span", { text: label }));
}

function way(name, text, onclick) {
  return el("li", {}, el("button", { type: "button", class: "way", onclick }, icon(name), el("span", { text })));
}
