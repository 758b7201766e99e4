package imagefile

// StripMetadata gives the same picture without anything but what decoding
// needs and the orientation: no place, no time, no device, no thumbnail, no
// colour profile, no trailing data. The coded pixels are copied, not coded
// again. Files that are cut short are given an end. Errors are those of
// Inspect, but rare kinds are stripped, and the number of pixels is not
// limited; ErrDamaged is also for a file of which cannot be told where its
// picture ends. It takes up to mostStripped bytes of memory besides the result.
func StripMetadata(data []byte) ([]byte, error) {
	info, err := Inspect(data)
	if err != nil && err != ErrTooLarge && err != ErrRare {
		return nil, err
	}
	switch info.Kind {
	case KindJPEG:
		return stripJPEG(data, info)
	case KindPNG:
		return stripPNG(data, info.Orientation)
	default:
		return stripWebP(mendedWebP(data), info.Orientation)
	}
}
