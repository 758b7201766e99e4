package health

import "mrzbot/bot/text"

// Light is what is seen at a glance.
type Light int

// The lights there are.
const (
	Green  Light = iota
	Yellow       // somebody should see to it
	Red          // it keeps the bot from its work, or soon will
)

// Mark is the light as a chat shows it.
func (l Light) Mark() string { return [...]string{"🟢", "🟡", "🔴"}[l] }

// Matters that a line can be about. Its name is "health.name." and this.
const (
	AboutWebhook      = "webhook"
	AboutTelegram     = "telegram"
	AboutService      = "service"
	AboutStore        = "store"
	AboutDisk         = "disk"
	AboutTasks        = "tasks"
	AboutReplicas     = "replicas"
	AboutClock        = "clock"
	AboutVersion      = "version"
	AboutBackup       = "backup"
	AboutBudget       = "budget"
	AboutSubscription = "subscription"
)

// Matters lists them.
func Matters() []string {
	return []string{
		AboutTelegram, AboutWebhook, AboutService, AboutSubscription, AboutBudget, AboutTasks, AboutStore, AboutDisk,
		AboutBackup, AboutReplicas, AboutClock, AboutVersion,
	}
}

// Line is what is to be said of a matter.
type Line struct {
	About string
	Light Light
	Key   string    // the name of its text
	Args  text.Args // fills it
	Days  int       // an age, which fills {{.Age}}
	// Cause and Status fill {{.Error}}, where one of them is known: see Exactly.
	Cause  string
	Status int
	Mend   string // the name of the text that says how to mend it; "": nothing is to be mended
	// Stage: admins are told again when it changes, such as from two weeks left to
	// three days.
	Stage string
}

// Name is what the matter is called.
func (l Line) Name(v text.Localizer) string { return v.Text("health.name."+l.About, nil) }

// Says is what is said of it.
func (l Line) Says(v text.Localizer) string {
	args := text.Args{"Age": v.Count("health.days", l.Days)}
	for name, value := range l.Args {
		args[name] = value
	}
	if why := Exactly(v, l.Cause, l.Status); why != "" {
		args["Error"] = why
	}
	return v.Text(l.Key, args)
}

// Mending says how to mend it; "" when nothing is to be mended.
func (l Line) Mending(v text.Localizer) string {
	if l.Mend == "" {
		return ""
	}
	return v.Text(l.Mend, nil)
}
