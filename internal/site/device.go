package site

import (
	"crypto/rand"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// The device cookie tells a second answer from the same browser to the same
// survey, so that it can be flagged. It is a random nonce and a few marks, each
// a keyed hash of nonce, campaign and unit. The server keeps nothing of it, and
// it is set only once an answer was accepted.
const (
	deviceCookie = "thanthien_device"
	// MaxDeviceMarks is how many surveys one device remembers; then the oldest go.
	MaxDeviceMarks = 16
	deviceDays     = 180
	deviceNonce    = 26 // characters of rand.Text
)

// device is what a browser's cookie says.
type device struct {
	nonce string
	marks []string
}

// deviceOf reads the cookie; a strange one counts as none.
func deviceOf(c *fiber.Ctx) device {
	parts := strings.Split(c.Cookies(deviceCookie), ".")
	if len(parts[0]) != deviceNonce || len(parts) > MaxDeviceMarks+1 {
		return device{}
	}
	return device{parts[0], parts[1:]}
}

// answered reports whether the device has answered a unit's survey.
func (s *Server) answered(d device, campaign, unit string) bool {
	return d.nonce != "" && slices.Contains(d.marks, s.store.DeviceMark(d.nonce, campaign, unit))
}

// remember sets the cookie after an accepted answer.
func (s *Server) remember(c *fiber.Ctx, d device, campaign, unit string) {
	if d.nonce == "" {
		d.nonce = rand.Text()
	}
	if s.answered(d, campaign, unit) {
		return
	}
	marks := append(slices.Clone(d.marks), s.store.DeviceMark(d.nonce, campaign, unit))
	marks = marks[max(len(marks)-MaxDeviceMarks, 0):]
	c.Cookie(&fiber.Cookie{
		Name: deviceCookie, Value: d.nonce + "." + strings.Join(marks, "."), Path: "/k/", HTTPOnly: true,
		SameSite: fiber.CookieSameSiteLaxMode, MaxAge: deviceDays * 24 * 60 * 60, Secure: !s.plainHTTP(c),
	})
}
