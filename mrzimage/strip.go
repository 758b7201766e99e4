package mrzimage

// StripMetadata gives the same picture without anything but what decoding
// needs and the orientation: no place, no time, no device, no thumbnail, no
// colour profile, no trailing data. The coded pixels are copied, not coded
// again. Errors are those of Inspect, but the number of pixels is not limited.
func StripMetadata(data []byte) ([]byte, error) {
	info, err := Inspect(data)
	if err != nil && err != ErrTooLarge {
		return nil, err
	}
	switch info.Kind {
	case KindJPEG:
		return stripJPEG(data, info.Orientation)
	case KindPNG:
		return stripPNG(data, info.Orientation)
	default:
		return stripWebP(data, info.Orientation)
	}
}
