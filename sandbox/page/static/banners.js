// What is said above the chats: the demonstration, a bot that is down, what is
// broken on purpose.

import { attempt, el, icon } from "./dom.js";
import { order } from "./server.js";
import { broken, on, store } from "./store.js";

/** Fills the place above the panes, and keeps it true. */
export function banners(place) {
  const demo = el("div", { class: "banner demo", role: "status" });
  const alarm = el("div", { class: "banner alarm", role: "status" });
  const faults = el("div", { class: "banner faults", role: "status" });
  place.append(alarm, faults, demo);

  function drawDemo() {
    const { playing, over, caption, step, of } = store.demo;
    demo.hidden = !caption;
    if (!caption) return;
    const steps = el("span", { class: "steps", role: "img", "aria-label": playing ? `Scene ${step} of ${of}` : "The end" });
    for (let i = 1; playing && i <= of; i++) steps.append(el("i", { class: i < step ? "past" : i === step ? "now" : "" }));
    const button = (text, onclick) => el("button", { type: "button", text, onclick });
    demo.classList.toggle("over", over);
    demo.replaceChildren(el("span", { text: caption }), steps, ...(playing
      ? [button("Stop", () => attempt(() => order("demo", { on: false })))]
      : [button("Play again", () => attempt(() => order("demo", { on: true }))), button("Close", () => { demo.hidden = true; })]));
  }

  let ran = false;

  function drawAlarm() {
    const state = store.bot?.state;
    if (!store.online) {
      alarm.replaceChildren(el("b", { text: "The sandbox does not answer." }), el("span", { text: "This page goes on by itself when it is started again." }));
    } else if (state === "down") {
      alarm.replaceChildren(el("b", { text: "The bot was killed." }), el("span", { text: store.bot.stays ? "It stays down; what is sent waits at Telegram." : "It starts again in a moment; what is sent waits at Telegram." }));
    } else if (state === "starting" && ran) {
      alarm.replaceChildren(el("b", { text: "The bot starts again." }), el("span", { text: "Its store is still there." }));
    }
    if (state === "running") ran = true;
    alarm.hidden = store.online && (state === "running" || !state || (state === "starting" && !ran));
  }

  function drawFaults() {
    const n = broken();
    faults.hidden = n === 0;
    if (n === 0) return;
    const names = [...store.answers.slice(1), ...store.troubles].filter((s) => s.on);
    faults.replaceChildren(icon("power"), el("span", {}, el("b", { text: n === 1 ? "Broken on purpose: " : `${n} things are broken on purpose: ` }), names.map((s) => s.label).join(" · ")),
      el("button", { type: "button", text: "Mend", onclick: () => attempt(() => order("mend")) }));
  }

  on("demo", drawDemo);
  on("bot", drawAlarm);
  on("online", drawAlarm);
  on("switches", drawFaults);
  for (const node of [demo, alarm, faults]) node.hidden = true;
}
