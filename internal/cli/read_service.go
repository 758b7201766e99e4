package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"mrzbot/internal/config"
	"mrzbot/mrz"
	"mrzbot/mrzclient"
	"mrzbot/mrzimage"
)

// serviceEngine reads with the service. Every call may cost, so pictures are
// judged before it unless PREFLIGHT says off.
func (p Process) serviceEngine() (engine, error) {
	cfg, err := p.serviceSettings()
	if err != nil {
		return nil, err
	}
	proxy, err := p.proxy()
	if err != nil {
		return nil, err
	}
	client := service(cfg, proxy)
	reader := new(mrzimage.Reader)
	return func(ctx context.Context, name string, data []byte) (readReport, error) {
		var about *picture
		if cfg.Preflight {
			local, err := reader.Read(ctx, data)
			// What is judged wrongly costs more than a call, so only what is
			// certain stops one.
			if err != nil && !errors.Is(err, mrzimage.ErrRare) {
				code, message := pictureError(err)
				return failedReport(name, code, message), nil
			}
			if err == nil {
				about = judgement(local.Picture)
			}
			if stop := local.Picture.Stop; stop != "" {
				r := failedReport(name, stop, "not sent: no reader could read this picture")
				r.Picture = about
				return r, nil
			}
		}
		r := viaAPI(ctx, client, name, data, p.Now())
		r.Picture = about
		return r, nil
	}, nil
}

// serviceSettings are the settings of the service. Whatever else they lack,
// only these matter here.
func (p Process) serviceSettings() (config.Config, error) {
	environ, err := p.environ()
	if err != nil {
		return config.Config{}, err
	}
	p.sayMisnamed(environ)
	needed := map[string]string{"TELEGRAM_BOT_TOKEN": "0:" + strings.Repeat("0", 35)}
	for _, name := range []string{"MRZ_API_KEY", "MRZ_API_KEY_FILE", "MRZ_API_URL", "MRZ_TIMEOUT", "PREFLIGHT"} {
		if value, ok := environ[name]; ok {
			needed[name] = value
		}
	}
	cfg, err := config.Load(needed, os.ReadFile)
	if err != nil {
		return config.Config{}, usageError{err}
	}
	if cfg.MRZKey.Empty() {
		return config.Config{}, usageError{errors.New("--engine api needs MRZ_API_KEY")}
	}
	return cfg, nil
}

// viaAPI has a picture read by the service.
func viaAPI(ctx context.Context, client *mrzclient.Client, name string, data []byte, now time.Time) readReport {
	info, err := mrzimage.Inspect(data)
	if err == nil || errors.Is(err, mrzimage.ErrRare) {
		data, err = mrzimage.StripMetadata(data)
	}
	if err != nil {
		code, message := pictureError(err)
		return failedReport(name, code, message)
	}
	a, err := client.Read(ctx, mrzclient.Picture{
		Name: "photo." + string(info.Kind), ContentType: "image/" + string(info.Kind),
		Size: int64(len(data)), Body: bytes.NewReader(data),
	})
	if err != nil {
		return failedReport(name, "service", err.Error())
	}
	r := failedReport(name, "", "")
	restored, ok := mrz.Restore(a.Lines)
	if !ok {
		restored.Lines = a.Lines
	}
	r.Report = mrz.NewReport(name, mrz.Parse(restored.Lines, now), restored.Repairs)
	r.restored = restored.Changes
	r.Verdict = mrzimage.VerdictDoubtful
	if r.Valid {
		r.Verdict, r.Confidence = mrzimage.VerdictOK, 1
	}
	return r
}
