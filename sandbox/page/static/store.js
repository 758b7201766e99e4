// What the page knows, and who wants to hear of changes.

const listeners = new Map();

/** Calls act whenever something of that name changes. */
export function on(name, act) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(act);
  return () => listeners.get(name).delete(act);
}

export function tell(name, ...what) {
  for (const act of listeners.get(name) ?? []) act(...what);
}

export const store = {
  setup: null,
  people: [],
  chats: new Map(), // by person: {messages, state, seen}
  bot: null, // the process
  answers: [], // of the service
  troubles: [],
  entries: [], // of the journal, oldest first
  demo: { playing: false, caption: "", people: [] },
  online: true,
};

const maxEntries = 3000; // as the sandbox keeps them

export const nobody = { id: 0, name: "Nobody", part: "", language: "" };

export const personOf = (id) => store.people.find((p) => p.id === id) ?? nobody;

export function chatOf(id) {
  if (!store.chats.has(id)) {
    store.chats.set(id, { messages: new Map(), state: { commands: [], keyboard: null }, seen: 0 });
  }
  return store.chats.get(id);
}

export function lastOf(chat) {
  let last = null;
  for (const message of chat.messages.values()) if (!last || message.id > last.id) last = message;
  return last;
}

/** Counts the bot's messages that were not looked at. */
export function unreadOf(chat) {
  let n = 0;
  for (const message of chat.messages.values()) if (!message.own && message.id > chat.seen) n++;
  return n;
}

/** Notes that somebody looks at a chat now. */
export function see(id) {
  const chat = chatOf(id);
  const last = lastOf(chat)?.id ?? 0;
  if (chat.seen === last) return;
  chat.seen = last;
  tell("seen", id);
}

/** What the stream's events do. */
export const events = {
  people(people) {
    store.people = people;
    tell("people");
  },
  chat(change) {
    const chat = chatOf(change.person);
    if (change.reset) chat.messages.clear();
    for (const message of change.messages) {
      if (message.deleted) chat.messages.delete(message.id);
      else chat.messages.set(message.id, message);
    }
    if (change.reset) chat.seen = lastOf(chat)?.id ?? 0; // what was there before is nothing new
    chat.state = change.state;
    tell("chat", change);
  },
  bot(state) {
    store.bot = state;
    tell("bot");
  },
  switches(all) {
    store.answers = all.answers;
    store.troubles = all.others;
    tell("switches");
  },
  demo(demo) {
    store.demo = demo;
    tell("demo");
  },
  journal(change) {
    store.entries = change.reset ? change.entries : store.entries.concat(change.entries).slice(-maxEntries);
    tell("journal", change);
  },
};

/** How many things are broken on purpose now. */
export function broken() {
  return store.troubles.filter((t) => t.on).length + (store.answers[0]?.on === false ? 1 : 0);
}
