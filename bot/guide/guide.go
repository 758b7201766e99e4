// Package guide has the picture that shows how a card is photographed well, one file
// for each language. Package draw draws them: go test ./bot/guide -update.
package guide

import (
	"embed"

	"mrzbot/bot/chat"
)

//go:embed pictures/*.jpg
var files embed.FS

// Picture is the picture with words in that language; nil: there is none.
func Picture(lang string) *chat.File {
	content, err := files.ReadFile("pictures/" + lang + ".jpg")
	if err != nil {
		return nil
	}
	return chat.BytesFile("photo.jpg", content)
}
