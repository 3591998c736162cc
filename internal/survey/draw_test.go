package survey_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"thanthien/internal/survey"
)

func TestDraw(t *testing.T) {
	items := make([]string, 50)
	for i := range items {
		items[i] = fmt.Sprintf("lo/%d", i)
	}
	drawn := survey.Draw("hat-giong", items, 7)
	if len(drawn) != 7 || !slices.IsSorted(drawn) || !slices.Equal(drawn, survey.Draw("hat-giong", items, 7)) {
		t.Errorf("drawn %v", drawn)
	}
	most := "" // of those drawn no sum is above one that was not
	for _, i := range drawn {
		most = max(most, fmt.Sprintf("%x", sha256.Sum256([]byte("hat-giong/"+items[i]))))
	}
	for i, item := range items {
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte("hat-giong/"+item))); sum < most && !slices.Contains(drawn, i) {
			t.Errorf("%s has a smaller sum and was not drawn", item)
		}
	}
	if slices.Equal(drawn, survey.Draw("khac", items, 7)) {
		t.Error("another seed draws the same")
	}
	if n := len(survey.Draw("x", items, 99)); n != 50 {
		t.Errorf("%d of 50", n)
	}
	if n := len(survey.Draw("x", items, -1)); n != 0 {
		t.Errorf("%d of none", n)
	}
	// Each item is about as likely as any other: 10 of 50, 2,000 seeds.
	hits := make([]int, len(items))
	for seed := range 2000 {
		for _, i := range survey.Draw(fmt.Sprint(seed), items, 10) {
			hits[i]++
		}
	}
	if slices.Min(hits) < 320 || slices.Max(hits) > 480 {
		t.Errorf("drawn from %d to %d times, want about 400", slices.Min(hits), slices.Max(hits))
	}
}
