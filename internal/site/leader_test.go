package site

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/sync/errgroup"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// BenchmarkLeader opens the leader's page of the demo province (three years,
// 40 communes, trend included) over a compacted tally: in a process that has
// shown it before, and in one that has just started. With
// THANTHIEN_BENCH_RESPONSES so many more responses go to the open year first.
func BenchmarkLeader(b *testing.B) {
	ctx := context.Background()
	s, db := demoSiteOver(b)
	s.addResponses(b)
	token, err := s.store.StartSession(ctx, "lanhdao")
	ok(b, err)
	open := func(b *testing.B) {
		s.do("GET", "/lanh-dao", nil, "Cookie", sessionCookie+"="+token).want(b, 200)
	}
	open(b)
	ok(b, s.store.CompactAll(ctx))
	b.Run("warm", func(b *testing.B) {
		for b.Loop() {
			open(b)
		}
	})
	b.Run("fresh", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s.start(db)
			b.StartTimer()
			open(b)
		}
	})
}

// addResponses stores copies of the first response, as many as the variable
// says, over all units.
func (s *testSite) addResponses(tb testing.TB) {
	n, _ := strconv.Atoi(os.Getenv("THANTHIEN_BENCH_RESPONSES"))
	if n == 0 {
		return
	}
	ctx := context.Background()
	c, err := s.store.Campaign(ctx, "hai-long-2026")
	ok(tb, err)
	form, err := s.store.Form(ctx, c.FormID, c.FormVer)
	ok(tb, err)
	answers, err := form.Check("resident", map[string]any{"q1": "5", "q2": "4", "q3": "5", "q4": "3", "q5": "4"})
	if err != nil {
		tb.Fatal(err)
	}
	packed := form.Pack(answers)
	var g errgroup.Group
	g.SetLimit(256)
	for i := range n {
		unit := c.Units[i%len(c.Units)]
		g.Go(func() error {
			_, _, err := s.store.AddResponse(ctx, &store.Response{Campaign: c.ID, Unit: unit, Key: s.store.ResponseKey(c.ID, unit, ""), Group: "resident", Channel: "web", Seconds: 90, Answers: packed})
			return err
		})
	}
	ok(tb, g.Wait())
}

// The page tells the target as a fraction, the trend, the near misses with the
// cheapest criteria, and every figure leads somewhere.
func TestLeader(t *testing.T) {
	s, cookies := staffSite(t)
	// 28 of 40: two points short; 2.1 has the most to win after the survey leaf.
	almost := fullMarks("5")
	for i, c := range almost {
		if c.Code == "2.1" {
			almost[i].Mark = score.NewMark("count", "3")
		}
	}
	s.mark(longUnit, "province", almost...)
	doc := s.get("/lanh-dao", cookies[account.Leader]).want(t, 200).page(t)
	for selector, want := range map[string]string{
		"h1": "Năm 2026: chưa đạt chỉ tiêu 60 %", ".big": "1 / 10 xã, phường", ".leader .tag": "10,00 % · còn thiếu 5 đơn vị",
		".near tbody tr:first-child th": longName, ".near tbody tr:first-child td:nth-child(3)": "2,00", ".near tbody tr:first-child td:last-child": "2.3 (10,00)",
		".trend tr.here th": "2026",
	} {
		if got := text(doc, selector); got != want {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if n := doc.Find(".tiles a").Length(); n != 10 {
		t.Errorf("%d tiles, want 10", n)
	}
	doc.Find(".tiles a").Each(func(_ int, a *goquery.Selection) {
		if a.Find(".visually-hidden").Text() == "" {
			t.Error("a tile says nothing in words")
		}
	})
	doc.Find(".leader .num").Each(func(_ int, n *goquery.Selection) {
		if strings.Contains(n.Text(), ",") && !strings.Contains(n.Text(), "%") && n.Find("a").Length() == 0 && n.Closest(".near").Length() == 0 {
			t.Errorf("figure %q leads nowhere", n.Text())
		}
	})
	if href, _ := doc.Find("a[download]").Attr("href"); href != "/bao-cao/xep-hang.xlsx?ky=2026" {
		t.Errorf("workbook at %q", href)
	}
	if doc.Find("[style]").Length() != 0 {
		t.Error("inline styles are refused by the policy")
	}
}

func TestLeaderEmpty(t *testing.T) {
	s := newSite(t)
	s.addUser("lanhdao", account.Leader, "")
	doc := s.get("/lanh-dao", s.signIn("lanhdao")).want(t, 200).page(t)
	if doc.Find(".empty").Length() != 1 {
		t.Error("no period and no empty state")
	}
}

// A target is kept only when no mark and no answer can come any more.
func TestPastTargets(t *testing.T) {
	s, _ := staffSite(t)
	move := func(closes time.Time) {
		t.Helper()
		campaign, err := s.store.Campaign(t.Context(), testCampaign)
		ok(t, err)
		campaign.Period, campaign.Closes = "2026", closes
		ok(t, s.store.PutCampaign(t.Context(), campaign))
	}
	closes := testNow.Add(time.Hour)
	move(closes)
	past := &pastTargets{}
	look := func(what string, want int) {
		t.Helper()
		p, err := s.store.Period(t.Context(), "2026")
		ok(t, err)
		_, err = past.of(t.Context(), s.store, p, account.User{Role: account.Manager})
		ok(t, err)
		kept := 0
		past.kept.Range(func(any, any) bool { kept++; return true })
		if kept != want {
			t.Errorf("%s: %d targets kept, want %d", what, kept, want)
		}
	}
	look("open", 0)
	s.setState(dossier.Locked)
	look("locked, answers still come", 0)
	*s.now = closes.Add(RequestTimeout)
	look("closed just now", 0)
	*s.now = closes.Add(RequestTimeout + 2*time.Second)
	look("over", 1)
	look("over, again", 1)
	closes = s.now.Add(time.Hour)
	move(closes)
	look("answers come again", 1)
	*s.now = closes.Add(time.Hour)
	look("over at another time", 2)
}

// A closed period keeps its target until it is opened again.
func TestTrendFollowsReopening(t *testing.T) {
	s, cookies := staffSite(t)
	p, err := s.store.Period(context.Background(), "2026")
	ok(t, err)
	next := p
	next.ID, next.Year, next.Title, next.Previous, next.State, next.Units, next.Version = "2027", 2027, "Năm 2027", "2026", dossier.Draft, nil, 0
	_, err = s.store.PutPeriod(context.Background(), next)
	ok(t, err)
	_, err = s.store.OpenPeriod(context.Background(), "2027", p.Units)
	ok(t, err)
	share := func() string {
		return text(s.get("/lanh-dao?ky=2027", cookies[account.Leader]).want(t, 200).page(t), ".trend tr:first-child b")
	}
	s.setState(dossier.Locked)
	if got := share(); got != "10,00 %" {
		t.Errorf("2026 = %q", got)
	}
	s.setState(dossier.Open)
	s.mark(longUnit, "province", fullMarks("5")...)
	if got := share(); got != "20,00 %" {
		t.Errorf("2026 after reopening = %q", got)
	}
}
