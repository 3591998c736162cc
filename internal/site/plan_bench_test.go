package site

import (
	"fmt"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// BenchmarkCampaignPage opens the page of a campaign with 99 units that have
// answers and plans; the responses are folded already, as on a running site.
func BenchmarkCampaignPage(b *testing.B) {
	s := newSite(b)
	ctx := b.Context()
	c, err := s.store.Campaign(ctx, testCampaign)
	ok(b, err)
	form, err := s.store.Form(ctx, c.FormID, c.FormVer)
	ok(b, err)
	answers, err := form.Check("resident", map[string]any{"q1": "5", "q2": "4", "q3": "5", "q4": "3", "q5": "5"})
	ok(b, err)
	packed := form.Pack(answers)
	c.Units = nil
	people := survey.Populations{}
	var units []unit.Unit
	for i := range 99 {
		code := fmt.Sprintf("%05d", 80000+i)
		c.Units = append(c.Units, code)
		units = append(units, unit.Unit{Code: code, Name: "Xã " + code, Level: unit.Commune, Parent: "27"})
		people.Set(code, "resident", 1000+i)
		for n := range 40 {
			_, _, err := s.store.AddResponse(ctx, &store.Response{Campaign: c.ID, Unit: code, Key: s.store.ResponseKey(c.ID, code, fmt.Sprint(n)), Group: "resident", Channel: survey.Web, Answers: packed})
			ok(b, err)
		}
	}
	_, _, err = s.store.PutUnits(ctx, units)
	ok(b, err)
	ok(b, s.store.PutCampaign(ctx, c))
	ok(b, s.store.PutPopulations(ctx, c.ID, people, 0))
	for _, role := range []account.Role{account.Manager, account.Leader} {
		p := s.as(role)
		b.Run(string(role), func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				p.open("/khao-sat/"+testCampaign+"?sap=chi-so").want(b, 200)
				if took := time.Since(start); took > 5*time.Second { // something is worked out again and again
					b.Fatalf("the page took %s", took)
				}
			}
		})
	}
}
