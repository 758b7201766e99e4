package sandbox

import "mrzbot/sandbox/botapi"

// AddTopic opens a topic in a person's talk with the bot and gives its id. The
// bot is not told of topics as such; messages in one name it.
func (t *Telegram) AddTopic(p Person) (id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.talk(p)
	if c.topics == nil {
		c.topics = map[int]bool{}
	}
	t.lastID++ // a topic has the id of the message that opened it
	c.topics[t.lastID] = true
	return t.lastID
}

// CloseTopic lets nobody write to a topic any more.
func (t *Telegram) CloseTopic(p Person, id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.talk(p).topics[id] = false
}

// RemoveTopic deletes a topic with all its messages.
func (t *Telegram) RemoveTopic(p Person, id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.talk(p)
	delete(c.topics, id)
	for _, m := range c.messages {
		if m.wire.Thread == id {
			t.erase(m)
		}
	}
}

// topicOf gives the topic that a call names, if something can be sent there.
func (c *chat) topicOf(q *botapi.Request) (int, *botapi.Error) {
	id := int(q.Int("message_thread_id"))
	open, known := c.topics[id]
	switch {
	case id == 0:
		return 0, nil
	case !known:
		return 0, botapi.BadRequest("message thread not found")
	case !open:
		return 0, botapi.BadRequest("TOPIC_CLOSED")
	default:
		return id, nil
	}
}
