package faults

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// verbatim is JSON that is written as it stands, well formed or not.
type verbatim string

// oddities are values that an update does not hold, or not there.
func oddities() []any {
	return []any{
		nil, true, false, verbatim(`""`), verbatim("0"), verbatim("-1"), verbatim("1e400"), verbatim("3.7"), verbatim("-0"),
		verbatim("99999999999999999999999"), verbatim("-9223372036854775809"), verbatim("9223372036854775807"), verbatim("4503599627370496"),
		[]any{}, map[string]any{}, []any{nil}, []any{[]any{}, map[string]any{}},
		verbatim(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)),
		verbatim(strings.Repeat(`{"message":`, 3000) + "1" + strings.Repeat("}", 3000)),
		verbatim(`"` + strings.Repeat("A", 100_000) + `"`),
		verbatim(`"\ud800"`), verbatim(`"\udfff\ud800"`), verbatim(`"\u0000\u001f"`), verbatim("\"\xff\xfe\""), verbatim("\"\xed\xa0\x80\""),
		verbatim(`"\u202egpj.exe"`), verbatim(`"👨‍👩‍👧‍👦é"`), verbatim(`"IDKGZ<<<<\n\r\t«»"`),
		verbatim(`"private"`), verbatim(`"group"`), verbatim(`"../../etc/passwd"`), verbatim(`"%s%d%v{{.ID}}"`), verbatim(`"/start@mrz_sandbox_bot"`),
		verbatim(`"/allow 5001 ` + strings.Repeat("ж", 300) + `"`), verbatim(`"/limit 5001 99999999999999999999"`), verbatim(`"users:-1"`), verbatim(`"users:9223372036854775807"`),
		verbatim(`"again:update:1"`), verbatim(`"again:again:again:"`), verbatim(`"cancel"`), verbatim(`"allow:-5"`), verbatim(`"deny:"`), verbatim(`"ask:::"`), verbatim(`":"`),
	}
}

// mutate changes an update somewhere, by the dice. The update keeps the number
// it is given, so that it is a new one.
func mutate(dice *rand.Rand, raw []byte, others [][]byte, number int64) []byte {
	tree := parse(raw)
	for range 1 + dice.IntN(4) {
		all := places(tree)
		at := all[dice.IntN(len(all))]
		switch dice.IntN(8) {
		case 0:
			at.remove()
		case 1: // something of another update
			other := places(parse(others[dice.IntN(len(others))]))
			at.set(other[dice.IntN(len(other))].value())
		case 2: // two exchange their places
			other := all[dice.IntN(len(all))]
			mine, theirs := at.value(), other.value()
			if at.depth == other.depth { // never one into itself
				at.set(theirs)
				other.set(mine)
			}
		default:
			odd := oddities()
			at.set(odd[dice.IntN(len(odd))])
		}
	}
	if dice.IntN(20) > 0 {
		tree["update_id"] = json.Number(strconv.FormatInt(number, 10))
	}
	var b bytes.Buffer
	write(&b, tree)
	out := b.Bytes()
	switch dice.IntN(20) { // and now and then its bytes
	case 0:
		out = out[:dice.IntN(len(out)+1)]
	case 1:
		out[dice.IntN(len(out))] ^= byte(1 << dice.IntN(8))
	case 2:
		at := dice.IntN(len(out))
		out = slices.Concat(out[:at], out[at/2:at], out[at:])
	}
	return out
}

func parse(raw []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	tree := map[string]any{}
	if d.Decode(&tree) != nil {
		return map[string]any{}
	}
	return tree
}

// spot is where a value stands in a tree.
type spot struct {
	object map[string]any // or
	list   []any
	key    string
	index  int
	depth  int
}

func (s spot) value() any {
	if s.object != nil {
		return s.object[s.key]
	}
	return s.list[s.index]
}

func (s spot) set(v any) {
	if s.object != nil {
		s.object[s.key] = v
	} else {
		s.list[s.index] = v
	}
}

func (s spot) remove() {
	if s.object != nil {
		delete(s.object, s.key)
	} else {
		s.list[s.index] = nil
	}
}

// places gives every value of a tree, in a fixed order. A tree without any is
// given one.
func places(tree map[string]any) []spot {
	var all []spot
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				all = append(all, spot{object: v, key: key, depth: depth})
				walk(v[key], depth+1)
			}
		case []any:
			for i := range v {
				all = append(all, spot{list: v, index: i, depth: depth})
				walk(v[i], depth+1)
			}
		}
	}
	walk(tree, 0)
	if len(all) == 0 {
		tree["message"] = map[string]any{}
		return places(tree)
	}
	return all
}

// write writes a tree as JSON, and what is verbatim as it stands.
func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(key) + ":")
			write(b, v[key])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, v[i])
		}
		b.WriteByte(']')
	case verbatim:
		b.WriteString(string(v))
	default:
		plain, _ := json.Marshal(v) // nil, booleans, numbers and strings always can be
		b.Write(plain)
	}
}

// TestMutate: an update without a change comes out as it went in, and no
// change ends the test itself.
func TestMutate(t *testing.T) {
	t.Parallel()
	raw := []byte(`{"message":{"entities":[{"length":6,"offset":0}],"text":"/start <b>"},"update_id":7}`)
	var b bytes.Buffer
	write(&b, parse(raw))
	require.JSONEq(t, string(raw), b.String())
	dice := dice(t, 1)
	for i := range 200 {
		require.LessOrEqual(t, len(mutate(dice, raw, [][]byte{raw}, int64(i))), 1<<20)
	}
}
