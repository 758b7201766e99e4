package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // the pictures of a folder are of these kinds
	_ "image/png"
	"time"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// drawnFormats is the mix of drawn documents: cards first of all.
var drawnFormats = []string{"TD1", "TD1", "TD3", "TD1", "TD2"}

// Size of a drawn picture, that of a photo as a messenger sends it.
const drawnWidth, drawnHeight = 1280, 960

// drawn reads n invented documents in each scene.
func drawn(reader *mrzimage.Reader, n int, scene specimen.Scene) ([]row, error) {
	var rows []row
	for i := range n {
		seed := uint64(i) + 1000
		kind := drawnFormats[i%len(drawnFormats)]
		lines := specimen.Invent(kind, seed)
		card, err := specimen.Card{Lines: lines, Seed: seed, Pattern: float64(i%5) / 4}.Draw()
		if err != nil {
			return nil, err
		}
		file, err := scene.Photo(drawnWidth, drawnHeight, seed).JPEG(card)
		if err != nil {
			return nil, err
		}
		r := row{file: fmt.Sprintf("%s-%d", scene, i), kind: kind, truth: lines, data: file}
		if err := r.read(reader); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// spoiled takes a picture of a picture, in a scene.
func spoiled(data []byte, scene specimen.Scene, seed uint64) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	// A third larger, so that turning and tilting take no detail away.
	b := img.Bounds()
	w, h := b.Dx()*4/3, b.Dy()*4/3
	if scene == specimen.Quarter {
		w, h = h, w
	}
	return scene.Photo(w, h, seed).JPEG(img)
}

func (r *row) read(reader *mrzimage.Reader) error {
	start := time.Now()
	var err error
	r.got, err = reader.Read(context.Background(), r.data)
	r.took = time.Since(start)
	if err != nil {
		return fmt.Errorf("%s: %w", r.file, err)
	}
	return nil
}
