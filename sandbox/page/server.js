// Talking with the sandbox: small requests, and the stream of changes.

/** Makes a request; throws an Error whose message may be shown. */
async function post(path, init) {
  let response;
  try {
    response = await fetch(path, { method: "POST", ...init });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  if (!response.ok) throw new Error((await response.text()).trim() || "That did not work.");
  return response.json();
}

/** Sends an order such as order("say", {person, text}). */
export function order(name, fields) {
  return post("api/" + name, { body: JSON.stringify(fields), headers: { "Content-Type": "application/json" } });
}

/** Sends a picture or file. */
export function upload(file, fields) {
  const kind = file.type || "application/octet-stream";
  return post("api/upload?" + new URLSearchParams(fields), { body: file, headers: { "Content-Type": kind } });
}

/** What does not change while the sandbox runs. */
export async function setup() {
  const response = await fetch("api/setup");
  return response.json();
}

/**
 * Follows one person's chat. The browser reconnects by itself and says what
 * it has; onState hears "live" or "lost".
 */
export function follow(person, onChat, onState) {
  const stream = new EventSource("api/events?person=" + person);
  stream.addEventListener("chat", (event) => onChat(JSON.parse(event.data)));
  stream.addEventListener("open", () => onState("live"));
  stream.addEventListener("error", () => onState("lost"));
  return () => stream.close();
}
