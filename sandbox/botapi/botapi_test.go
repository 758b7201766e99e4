package botapi

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

func TestParseHTML(t *testing.T) {
	for in, want := range map[string]struct {
		text     string
		entities []models.MessageEntity
	}{
		"plain > text & more":            {"plain > text & more", nil},
		"&lt;&gt;&amp;&quot;&#65;&#x42;": {`<>&"AB`, nil},
		"&nbsp;":                         {"&nbsp;", nil},
		"<b>Имя</b>: <i>x</i>": {"Имя: x", []models.MessageEntity{
			{Type: "bold", Length: 3}, {Type: "italic", Offset: 5, Length: 1}}},
		"🙂<STRONG>a<u>b</u></STRONG>": {"🙂ab", []models.MessageEntity{
			{Type: "bold", Offset: 2, Length: 2}, {Type: "underline", Offset: 3, Length: 1}}},
		`<a href="https://x.y/?a=1&amp;b=2">x</a>`: {"x", []models.MessageEntity{
			{Type: "text_link", Length: 1, URL: "https://x.y/?a=1&b=2"}}},
		`<pre><code class="language-mrz">I&lt;</code></pre>`: {"I<", []models.MessageEntity{
			{Type: "pre", Length: 2, Language: "mrz"}}},
		"<pre>a\nb</pre>":                       {"a\nb", []models.MessageEntity{{Type: "pre", Length: 3}}},
		"<blockquote expandable>q</blockquote>": {"q", []models.MessageEntity{{Type: "expandable_blockquote", Length: 1}}},
		`<span class="tg-spoiler">s</span>`:     {"s", []models.MessageEntity{{Type: "spoiler", Length: 1}}},
		"<b></b>x":                              {"x", nil},
	} {
		text, entities, err := ParseHTML(in)
		require.Nil(t, err, in)
		require.Equal(t, want.text, text, in)
		require.Equal(t, want.entities, entities, in)
		require.Nil(t, CheckEntities(text, entities), in)
	}
}

func TestParseHTMLRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"I<KGZ":                             "Unsupported start tag at byte offset 1",
		"a < b":                             "Unsupported start tag at byte offset 2",
		"<br>":                              `Unsupported start tag "br"`,
		"<b>x":                              `Can't find end tag corresponding to start tag "b"`,
		"x</b>":                             "Unexpected end tag at byte offset 1",
		"<b>x</i>":                          "Unmatched end tag at byte offset 4",
		"<b><i>x</b></i>":                   "Unmatched end tag",
		"<a>x</a>":                          "other attributes",
		"<span>x</span>":                    "other attributes",
		"<b class='x'>x</b>":                "Unsupported start tag",
		`<b class="x">x</b>`:                "other attributes",
		`<code class="language-x">x</code>`: "other attributes",
		`<tg-time unix="soon">x</tg-time>`:  "other attributes",
	} {
		_, _, err := ParseHTML(in)
		require.NotNil(t, err, in)
		require.Contains(t, err.Description, "Bad Request: can't parse entities: ", in)
		require.Contains(t, err.Description, want, in)
	}
}

func TestEntitiesMayNotCross(t *testing.T) {
	e := func(kind models.MessageEntityType, offset, length int) models.MessageEntity {
		return models.MessageEntity{Type: kind, Offset: offset, Length: length}
	}
	for name, c := range map[string]struct {
		entities []models.MessageEntity
		fine     bool
	}{
		"beside":          {[]models.MessageEntity{e("bold", 0, 2), e("code", 2, 2)}, true},
		"inside":          {[]models.MessageEntity{e("bold", 0, 4), e("italic", 1, 2)}, true},
		"same place":      {[]models.MessageEntity{e("bold", 0, 4), e("italic", 0, 4)}, true},
		"crossing":        {[]models.MessageEntity{e("bold", 0, 3), e("italic", 2, 2)}, false},
		"inside code":     {[]models.MessageEntity{e("code", 0, 4), e("bold", 1, 2)}, false},
		"around pre":      {[]models.MessageEntity{e("bold", 0, 4), e("pre", 1, 2)}, false},
		"quote in quote":  {[]models.MessageEntity{e("blockquote", 0, 4), e("expandable_blockquote", 1, 2)}, false},
		"nothing":         {[]models.MessageEntity{e("bold", 0, 0)}, false},
		"before":          {[]models.MessageEntity{e("bold", -1, 2)}, false},
		"overflow":        {[]models.MessageEntity{e("bold", 1, int(^uint(0)>>1))}, false},
		"link to nowhere": {[]models.MessageEntity{e("text_link", 0, 1)}, false},
		"mention nobody":  {[]models.MessageEntity{e("text_mention", 0, 1)}, false},
	} {
		require.Equal(t, c.fine, CheckEntities("abcd", c.entities) == nil, name)
	}
}

func TestTidyMovesEntities(t *testing.T) {
	text, entities := Tidy("\r\n\t a\r\nb\x01c  ", []models.MessageEntity{
		{Type: "bold", Offset: 0, Length: 5}, {Type: "italic", Offset: 7, Length: 5}, {Type: "underline", Offset: 0, Length: 3}})
	require.Equal(t, "a\nb c", text)
	require.Equal(t, []models.MessageEntity{{Type: "bold", Offset: 0, Length: 1}, {Type: "italic", Offset: 2, Length: 3}}, entities)
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{"<b>a</b>", `<a href="x">`, "&#x10FFFF;", "<pre><code class=\"language-a\">b</code></pre>", "\r\t<i>🙂</i>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, entities, err := ParseHTML(strings.ToValidUTF8(in, ""))
		if err != nil || CheckEntities(text, entities) != nil {
			return
		}
		text, entities = Tidy(text, entities)
		require.Nil(t, CheckEntities(text, entities), "what was fine stays fine when tidied")
	})
}

// TestTablesAgainstDescription holds the tables against the machine-readable
// description of the Bot API, where it lies beside the checkout: every field
// of every played method and object is there, with its type.
func TestTablesAgainstDescription(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/data/telegram-bot-api.json")
	if err != nil {
		t.Skip("needs the description of the Bot API in shared, beside the checkout")
	}
	type item struct {
		Fields []struct {
			Name     string
			Types    []string
			Required bool
		}
	}
	var spec struct{ Methods, Types map[string]item }
	require.NoError(t, json.Unmarshal(raw, &spec))
	compare := func(name string, want item, table []field) {
		known := map[string]field{}
		for _, row := range table {
			known[row.name] = row
		}
		require.Len(t, known, len(want.Fields), name)
		for _, f := range want.Fields {
			row, ok := known[f.Name]
			require.True(t, ok, "%s.%s", name, f.Name)
			constant := strings.ToLower(row.typ) == row.typ // the value of a union's discriminator
			if !constant {
				require.Equal(t, strings.Join(f.Types, " or "), row.typ, "%s.%s", name, f.Name)
			}
			if f.Required {
				require.Equal(t, required, row.use, "%s.%s", name, f.Name)
			}
		}
	}
	for name, table := range methods {
		compare(name, spec.Methods[name], table)
	}
	for name, table := range objects {
		compare(name, spec.Types[name], table)
	}
}
