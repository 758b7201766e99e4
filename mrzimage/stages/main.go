// Stages draws the pictures of package mrzimage's documentation: one invented
// card on its way through the rooms of the reader.
//
//	go generate ./mrzimage
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
	"mrzbot/mrzimage/specimen"
)

func main() {
	out := flag.String("out", "docs", "folder for the pictures")
	flag.Parse()
	if err := run(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "stages:", err)
		os.Exit(1)
	}
}

// stage is the example: a photo, and what the rooms make of it.
type stage struct {
	photo   *image.RGBA
	file    []byte
	picture *rectify.Picture
	rows    []rectify.Row
}

// piecesOf are the pieces of ink in the example.
func piecesOf(g *raster.Gray) *find.Pieces { return find.Binarize(g, 16, 0.45, 0.9).Pieces(false) }

func run(ctx context.Context, dir string) error {
	s, err := take()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var reader mrzimage.Reader
	got, err := reader.Read(ctx, s.file)
	if err != nil {
		return err
	}
	marked, err := mrzimage.Mark(ctx, s.file, got)
	if err != nil {
		return err
	}
	classified, err := s.classify()
	if err != nil {
		return err
	}
	for name, img := range map[string]image.Image{
		"1-judge.jpg":    s.judged(got.Picture),
		"2-find.jpg":     s.found(),
		"3-rectify.jpg":  s.rectified(),
		"4-classify.png": classified,
		"5-decide.jpg":   s.table(marked),
	} {
		if err := write(filepath.Join(dir, name), img); err != nil {
			return err
		}
	}
	return nil
}

// take photographs an invented card, tilted, with a reflection at its MRZ.
func take() (*stage, error) {
	card, err := specimen.Card{
		Lines: specimen.Invent("TD1", 5), Seed: 3, Pattern: 0.5, PixelsPerCell: 20,
	}.Draw()
	if err != nil {
		return nil, err
	}
	photo := specimen.Photo{
		Width: 480, Height: 330, Fill: 0.94, Turn: -6, Lean: 9, Nod: 6, Blur: 0.5, Noise: 1.5, Seed: 4,
		Glare: 0.5, GlareX: 0.7, GlareY: 0.72, GlareWide: 0.05,
	}.Take(card)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo, &jpeg.Options{Quality: 92}); err != nil {
		return nil, err
	}
	s := &stage{photo: photo, file: file.Bytes()}
	plane := raster.NewGray(photo.Rect.Dx(), photo.Rect.Dy())
	grey := image.NewGray(photo.Rect)
	draw.Draw(grey, grey.Rect, photo, image.Point{}, draw.Src)
	copy(plane.Pix, grey.Pix)
	s.picture = rectify.NewPicture(plane)
	const larger = 2 // small print is searched in a larger copy
	blocks := piecesOf(plane.Enlarge(larger)).Blocks(1)
	if len(blocks) == 0 {
		return nil, fmt.Errorf("no block is found in the example")
	}
	s.rows = rectify.Rows(blocks[0], larger)
	return s, nil
}

// write writes a picture in the format that its name ends in.
func write(file string, img image.Image) error {
	var b bytes.Buffer
	err := error(nil)
	if filepath.Ext(file) == ".jpg" {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 60})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
