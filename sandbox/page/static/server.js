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
export function order(name, fields = {}) {
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
 * Follows everything. The browser reconnects by itself and says what it has.
 * @param on what is done with each kind of event
 * @param onState hears "live" or "lost"
 */
export function follow(on, onState) {
  const stream = new EventSource("api/events");
  for (const [name, act] of Object.entries(on)) {
    stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  }
  stream.addEventListener("open", () => onState("live"));
  stream.addEventListener("error", () => {
    onState("lost");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { follow(on, onState); }, 1000);
  });
}
