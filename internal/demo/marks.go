package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// marks makes what a unit gave itself and what the appraisers gave it: usually
// a little less.
func (f *filler) marks(a assessment, i int, quality float64) sheets {
	var self, given []dossier.Change
	for _, leaf := range a.set.Leaves() {
		if leaf.Rule.Type == rubric.RuleSurvey {
			continue
		}
		actual := clamp(quality + 0.09*a.rng.NormFloat64())
		claimed := clamp(actual + math.Abs(0.05*a.rng.NormFloat64()))
		kind := a.set.KindOf(leaf)
		if leaf.NA && a.rng.Float64() < 0.05 {
			na := score.NotApplicable()
			self, given = append(self, dossier.Change{Code: leaf.Code, Mark: na, Note: notHere}), append(given, dossier.Change{Code: leaf.Code, Mark: na, Note: notHere})
			continue
		}
		seed := a.rng.Uint64()
		self = append(self, dossier.Change{Code: leaf.Code, Mark: Mark(leaf, kind, claimed, rand.New(rand.NewPCG(seed, 1)))})
		given = append(given, dossier.Change{Code: leaf.Code, Mark: Mark(leaf, kind, actual, rand.New(rand.NewPCG(seed, 1)))})
	}
	for _, c := range a.set.Conditions {
		met := strconv.FormatBool(a.rng.Float64() > 0.03)
		answer := dossier.Change{Code: dossier.ConditionPrefix + c.Code, Mark: score.NewMark(dossier.Met, met)}
		self, given = append(self, answer), append(given, answer)
	}
	much := a.state == dossier.Open && i == apart
	return sheets{self, map[string][]dossier.Change{
		lead: given, second: differ(a, given, uint64(2000+i), much), third: differ(a, given, uint64(3000+i), false),
	}}
}

// notHere is why a criterion does not apply.
const notHere = "Địa bàn không phát sinh nội dung này trong kỳ."

func clamp(x float64) float64 { return math.Max(0, math.Min(1, x)) }

// Mark makes a mark worth about the share f of the leaf's points.
func Mark(leaf rubric.Leaf, kind string, f float64, rng *rand.Rand) score.Mark {
	r := leaf.Rule
	if kind == rubric.Bonus {
		f *= rng.Float64()
	}
	switch r.Type {
	case rubric.RulePoints:
		step := 0.25
		if r.Step != nil {
			step = float(*r.Step)
		}
		return score.NewMark("points", decimal(math.Floor(f*float(leaf.Max)/step+0.5)*step))
	case rubric.RuleLevels:
		return score.NewMark("level", level(leaf, f))
	case rubric.RuleRatio:
		b := 40 + rng.IntN(360)
		share := percent(r.Map, leaf.Max, f) / 100
		return score.NewMark("numerator", strconv.Itoa(int(math.Round(float64(b)*share))), "denominator", strconv.Itoa(b))
	case rubric.RuleExternal:
		return score.NewMark("value", fmt.Sprintf("%.2f", percent(r.Map, leaf.Max, f)/100*float(r.Scale)))
	case rubric.RuleCount:
		return score.NewMark("count", strconv.Itoa(count(r, f, rng)))
	}
	m := score.Mark{}
	for _, in := range r.Inputs { // numbers of faults: few for the good ones
		m = m.With(in.Name, strconv.Itoa(int(rng.Float64()*4*(1.05-f)*1.5)))
	}
	return m
}

func level(leaf rubric.Leaf, f float64) string {
	best, gap := "", math.Inf(1)
	for _, l := range leaf.Rule.Levels {
		if d := math.Abs(float(l.Points) - f*float(leaf.Max)); d < gap {
			best, gap = l.Code, d
		}
	}
	return best
}

// percent is the percentage that the rule maps to about the share f.
func percent(m *rubric.Map, most rubric.Num, f float64) float64 {
	if len(m.Bands) == 0 {
		return math.Max(0, math.Min(100, float(m.ZeroAt)+f*(float(m.FullAt)-float(m.ZeroAt))))
	}
	at := 0.0
	for i := len(m.Bands) - 1; i >= 0; i-- { // from the lowest band up
		if float(m.Bands[i].Points) <= f*float(most)+0.01 {
			at = float(m.Bands[i].Min)
		}
	}
	return math.Min(100, at+1)
}

func count(r *rubric.Rule, f float64, rng *rand.Rand) int {
	if r.Each.Sign() < 0 { // a penalty
		if rng.Float64() < 0.85 {
			return 0
		}
		return 1
	}
	return int(math.Round(f * float(r.Max) / float(r.Each)))
}

func float(x rubric.Num) float64 {
	v, _ := x.Rat().Float64()
	return v
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
