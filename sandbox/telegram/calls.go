package faketelegram

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"

	"mrzbot/sandbox/botapi"
	"mrzbot/sandbox/journal"
	"mrzbot/sandbox/web"
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
type method func(t *Server, q *botapi.Request) (any, *botapi.Error)

// playedMethods is the table of everything that is played; getUpdates waits
// and has its own way in.
func playedMethods() map[string]method {
	return map[string]method{
		"getMe":                  (*Server).getMe,
		"getChat":                (*Server).getChat,
		"getFile":                (*Server).getFile,
		"setWebhook":             (*Server).setWebhook,
		"deleteWebhook":          (*Server).deleteWebhook,
		"getWebhookInfo":         (*Server).getWebhookInfo,
		"setMyCommands":          (*Server).setMyCommands,
		"getMyCommands":          (*Server).getMyCommands,
		"deleteMyCommands":       (*Server).deleteMyCommands,
		"setMyDescription":       (*Server).setMyDescription,
		"getMyDescription":       (*Server).getMyDescription,
		"setMyShortDescription":  (*Server).setMyShortDescription,
		"getMyShortDescription":  (*Server).getMyShortDescription,
		"sendMessage":            (*Server).sendMessage,
		"sendPhoto":              (*Server).sendPhoto,
		"sendDocument":           (*Server).sendDocument,
		"editMessageText":        (*Server).editMessageText,
		"editMessageMedia":       (*Server).editMessageMedia,
		"editMessageCaption":     (*Server).editMessageCaption,
		"editMessageReplyMarkup": (*Server).editMessageReplyMarkup,
		"deleteMessage":          (*Server).deleteMessage,
		"deleteMessages":         (*Server).deleteMessages,
		"answerCallbackQuery":    (*Server).answerCallbackQuery,
		"sendChatAction":         (*Server).sendChatAction,
		"setMessageReaction":     (*Server).setMessageReaction,
	}
}

func (t *Server) serveCall(w http.ResponseWriter, r *http.Request, token, name string) {
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
	web.WriteJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

// note writes a call into the log.
func (t *Server) note(call Call) {
	t.mu.Lock()
	t.calls = journal.KeepLast(append(t.calls, call), maxCalls)
	t.touch()
	t.mu.Unlock()
	t.journal.Add(call.entry())
}

func (t *Server) carryOut(r *http.Request, q *botapi.Request) (any, *botapi.Error) {
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
	raw, jsonErr := web.Encode(result)
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
func (t *Server) Calls() []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Call(nil), t.calls...)
}

// CallsOf is the log of one method.
func (t *Server) CallsOf(method string) []Call {
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
	web.WriteJSON(w, err.Code, answer)
}
