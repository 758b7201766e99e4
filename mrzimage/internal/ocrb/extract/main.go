// Extract writes the outlines of the 37 characters of a machine-readable zone
// from Debian's fonts-ocr-b into the data file that package ocrb embeds:
//
//	go run ./mrzimage/internal/ocrb/extract -fonts DIR > mrzimage/internal/ocrb/outlines.txt
//
// It is needed once; the product needs no font.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

const header = `# Outlines of OCR-B: the characters of ICAO 9303 machine-readable zones.
# Source: OCRB.otf and OCRBS.otf of Debian's package fonts-ocr-b.
# Glyph sources: Copyright 1995, 2010 Norbert Schwarz: "You may freely use,
# modify and/or distribute this file, without limitation." Package by Matthew
# Skala, 2012, released to the public domain.
#
# "face NAME advance", then for each character "glyph C" and its segments:
# M x y, L x y, Q x y x y, C x y x y x y. Units are 1/1000 of the em, y down,
# origin on the baseline at the left of the cell.
`

// face says where the outlines of one style come from. x/image does not know
// the flex1 operator, which OCRB.otf uses in "8" and "<"; these two are taken
// from the sharp style.
type face struct {
	name, file, instead string
}

func main() {
	fonts := flag.String("fonts", "/usr/share/fonts/opentype/ocr-b", "folder of the font files")
	flag.Parse()
	if err := run(*fonts, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(dir string, w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, header)
	for _, f := range []face{
		{"round", "OCRB.otf", "OCRBS.otf"},
		{"sharp", "OCRBS.otf", "OCRBS.otf"},
	} {
		if err := writeFace(out, dir, f); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeFace(w io.Writer, dir string, f face) error {
	var sources []*sfnt.Font
	for _, name := range []string{f.file, f.instead} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		font, err := sfnt.Parse(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		sources = append(sources, font)
	}
	var buf sfnt.Buffer
	const em = 1000
	for i, r := range alphabet {
		var segments sfnt.Segments
		for _, font := range sources {
			index, err := font.GlyphIndex(&buf, r)
			if err != nil {
				return err
			}
			if i == 0 && font == sources[0] {
				advance, err := font.GlyphAdvance(&buf, index, fixed.I(em), 0)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "face %s %d\n", f.name, advance.Round())
			}
			segments, err = font.LoadGlyph(&buf, index, fixed.I(em), nil)
			if err == nil && hasInk(segments) {
				break
			}
		}
		if !hasInk(segments) { // the last source gave none either
			return fmt.Errorf("%s: %q has no outline", f.name, r)
		}
		fmt.Fprintf(w, "glyph %c\n", r)
		writeSegments(w, segments)
	}
	return nil
}

// hasInk reports whether an outline covers anything.
func hasInk(s sfnt.Segments) bool {
	if len(s) == 0 {
		return false
	}
	b := s.Bounds()
	return b.Max.X > b.Min.X && b.Max.Y > b.Min.Y
}

func writeSegments(w io.Writer, segments sfnt.Segments) {
	for _, s := range segments {
		name, points := "MLQC"[s.Op], 1
		switch s.Op {
		case sfnt.SegmentOpQuadTo:
			points = 2
		case sfnt.SegmentOpCubeTo:
			points = 3
		}
		fmt.Fprintf(w, "%c", name)
		for _, p := range s.Args[:points] {
			fmt.Fprintf(w, " %d %d", p.X.Round(), p.Y.Round())
		}
		fmt.Fprintln(w)
	}
}
