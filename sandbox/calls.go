package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"strconv"
	"time"

	"mrzbot/sandbox/botapi"
)

// Call is one entry of the log: what the bot asked and what it got. It holds
// no secret: the token is left out and secret_token is hidden.
type Call struct {
	At     time.Time // by Now
	Method string    // in Telegram's spelling; "file" for a download
	Chat   int64     // chat_id when the call names one
	Fields map[string]string
	Files  map[string]int // uploaded parts and their bytes
	Status int            // HTTP status; 0: the connection was cut
	Error  string         // description of the refusal
	Took   time.Duration
}

// FileCall is the Method of a file download in the log and in faults.
const FileCall = "file"

// method carries a checked call out. It is called with mu held.
type method func(t *Telegram, q *botapi.Request) (any, *botapi.Error)

// playedMethods is the table of everything that is played; getUpdates waits
// and has its own way in.
func playedMethods() map[string]method {
	return map[string]method{
		"getMe":                  (*Telegram).getMe,
		"getChat":                (*Telegram).getChat,
		"getFile":                (*Telegram).getFile,
		"setWebhook":             (*Telegram).setWebhook,
		"deleteWebhook":          (*Telegram).deleteWebhook,
		"getWebhookInfo":         (*Telegram).getWebhookInfo,
		"setMyCommands":          (*Telegram).setMyCommands,
		"getMyCommands":          (*Telegram).getMyCommands,
		"deleteMyCommands":       (*Telegram).deleteMyCommands,
		"sendMessage":            (*Telegram).sendMessage,
		"sendPhoto":              (*Telegram).sendPhoto,
		"sendDocument":           (*Telegram).sendDocument,
		"editMessageText":        (*Telegram).editMessageText,
		"editMessageReplyMarkup": (*Telegram).editMessageReplyMarkup,
		"deleteMessage":          (*Telegram).deleteMessage,
		"deleteMessages":         (*Telegram).deleteMessages,
		"answerCallbackQuery":    (*Telegram).answerCallbackQuery,
		"sendChatAction":         (*Telegram).sendChatAction,
		"setMessageReaction":     (*Telegram).setMessageReaction,
	}
}

func (t *Telegram) serveCall(w http.ResponseWriter, r *http.Request, token, name string) {
	started := time.Now()
	call := Call{At: t.now(), Method: name}
	defer func() {
		call.Took = time.Since(started)
		t.note(call)
	}()
	refuse := func(err *botapi.Error) {
		call.Status, call.Error = err.Code, err.Description
		writeError(w, err)
	}
	if token != t.token {
		refuse(&botapi.Error{Code: http.StatusUnauthorized, Description: "Unauthorized"})
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		refuse(&botapi.Error{Code: http.StatusMethodNotAllowed, Description: "Method Not Allowed"})
		return
	}
	known, ok := botapi.Canonical(name)
	if !ok {
		refuse(&botapi.Error{Code: http.StatusNotFound, Description: "Not Found: method not found"})
		return
	}
	q, err := botapi.Parse(known, r)
	call.note(q)
	if err != nil {
		refuse(err)
		return
	}
	fault := t.takeFault(&call)
	if fault.before(w, r, &call) {
		return
	}
	result, err := t.carryOut(r, q)
	if err != nil {
		refuse(err)
		return
	}
	fault.after(&call)
	call.Status = http.StatusOK
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

// note writes a call into the log.
func (t *Telegram) note(call Call) {
	t.mu.Lock()
	t.calls = keepLast(append(t.calls, call), maxCalls)
	t.touch()
	t.mu.Unlock()
	t.journal.Add(call.entry())
}

func (t *Telegram) carryOut(r *http.Request, q *botapi.Request) (any, *botapi.Error) {
	if err := botapi.Check(q); err != nil {
		return nil, err
	}
	if q.Method == "getUpdates" {
		return t.getUpdates(r.Context(), q)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	result, err := t.methods[q.Method](t, q)
	if err != nil {
		return nil, err
	}
	// Marshalled under the lock: the result may share memory with the chat.
	raw, jsonErr := encode(result)
	if jsonErr != nil {
		return nil, &botapi.Error{Code: http.StatusInternalServerError, Description: "Internal Server Error"}
	}
	return json.RawMessage(raw), nil
}

func (c *Call) note(q *botapi.Request) {
	c.Method, c.Fields, c.Files = q.Method, maps.Clone(q.Fields), map[string]int{}
	c.Chat, _ = strconv.ParseInt(q.Fields["chat_id"], 10, 64)
	if q.Has("secret_token") {
		c.Fields["secret_token"] = "[hidden]"
	}
	for name, file := range q.Files {
		c.Files[name] = len(file.Data)
	}
}

// Calls is the log, oldest first.
func (t *Telegram) Calls() []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Call(nil), t.calls...)
}

// CallsOf is the log of one method.
func (t *Telegram) CallsOf(method string) []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	var calls []Call
	for _, c := range t.calls {
		if c.Method == method {
			calls = append(calls, c)
		}
	}
	return calls
}

func writeError(w http.ResponseWriter, err *botapi.Error) {
	answer := map[string]any{"ok": false, "error_code": err.Code, "description": err.Description}
	if err.RetryAfter > 0 {
		answer["parameters"] = map[string]any{"retry_after": err.RetryAfter}
	}
	writeJSON(w, err.Code, answer)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := encode(value)
	if err != nil {
		status = http.StatusInternalServerError
		body = []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is no error here
}

// encode writes JSON as the services do: "<" stays "<".
func encode(value any) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}

// writeHTML answers like a gateway in front of a service. The page names the
// path that was asked for, as such pages do; a client must not pass it on.
func writeHTML(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n<p>%s</p>\r\n</body>\r\n</html>\r\n",
		status, http.StatusText(status), status, http.StatusText(status), html.EscapeString(r.URL.Path))
}
