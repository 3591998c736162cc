package site

import (
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
)

// oneFinished puts a finished interview into the queue by the page's own
// functions; answers is JavaScript.
func oneFinished(b *browsertest.Tab, answers string) {
	browsertest.Eval[int](b, `(async () => {
		const c = (await surveyor.store.all("campaigns"))[0], login = (await surveyor.store.fact("account")).login, unit = c.units[0];
		const d = {key: surveyor.newKey(), owner: login, campaign: c.id, title: c.title, unit: unit.code, unitName: unit.name, group: "resident", answers: {}, step: 1, started_at: new Date(Date.now() - 600e3).toISOString()};
		await surveyor.store.put("drafts", d);
		await surveyor.store.finish({...surveyor.item(d, c), answers: `+answers+`});
		return 0;
	})()`)
}

const sendNow = `surveyor.sync.send().then(() => 0)`

// Interviews outlive their owner's session, and nobody else sends them without
// saying so.
func TestSurveyorAnotherAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	s.addUser("dieutra02", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	openSurveyor(b, at, "dieutra01")
	ok(t, s.store.EndSessions(t.Context(), "dieutra01"))
	oneFinished(b, `({q1: "5"})`)
	browsertest.Eval[int](b, sendNow)
	b.Wait(`surveyor.sync.state === "signIn" && ` + waiting + ` === "Chưa gửi: 1"`)
	b.See("[data-signin] a")
	looks(t, b, "surveyor-expired")

	openSurveyor(b, at, "dieutra02")
	b.See("[data-foreign] button")
	browsertest.Eval[int](b, sendNow)
	b.Wait(waiting + ` === "Chưa gửi: 1"`)
	if n := len(s.stored()); n != 0 {
		t.Fatalf("%d stored under another name", n)
	}
	looks(t, b, "surveyor-foreign")
	b.Click("[data-foreign] button")
	b.Click("[data-yes]")
	b.Wait(waiting + ` === "Chưa gửi: 0"`)
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// A device whose clock is set back between two tries still tries again by itself.
func TestSurveyorClockSetBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	r := newRoad(t, s.app)
	b := browsertest.Open(t, browsertest.Phone)
	openSurveyor(b, r.addr, "dieutra01")
	r.set(func() { r.failing = true })
	oneFinished(b, `({q1: "5"})`)
	browsertest.Eval[int](b, sendNow)
	browsertest.Eval[int](b, `(() => { const was = Date.now; Date.now = () => was() - 86400e3; return 0; })()`)
	r.set(func() { r.failing = false })
	b.Wait(waiting + ` === "Chưa gửi: 0"`)
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// An interview that the server refuses stays, with the reason, until a person
// decides.
func TestSurveyorRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	openSurveyor(b, at, "dieutra01")
	oneFinished(b, `({q1: "99"})`)
	oneFinished(b, `({q1: "5"})`)
	browsertest.Eval[int](b, sendNow)
	b.Wait(`document.querySelector("[data-review]").textContent === "Cần xem lại: 1" && ` + waiting + ` === "Chưa gửi: 0"`)
	if n := len(s.stored()); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
	b.Click("[data-review]")
	b.See("[data-review-list] a")
	looks(t, b, "surveyor-review")
	b.Click("[data-review-list] a")
	b.See("[data-resend]")
	if got := b.Text("[data-item-errors]"); got == "" {
		t.Error("nothing says why")
	}
	looks(t, b, "surveyor-review-item")
	b.Click("[data-delete]")
	b.Click("[data-yes]")
	b.Wait(`document.querySelector("[data-review]").hidden`)
	if n := browsertest.Eval[int](b, `surveyor.store.all("queue").then((l) => l.length)`); n != 0 {
		t.Errorf("%d left", n)
	}
}

// A new version of the page comes in when nobody is interviewing, not before.
func TestSurveyorNewVersion(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	openSurveyor(b, at, "dieutra01")
	b.Click("[data-campaigns] a")
	b.Click("[data-units] a")
	b.See("#consent")
	set, version, err := s.store.Settings(t.Context())
	ok(t, err)
	set.Province = "Tỉnh Khác"
	ok(t, s.store.PutSettings(t.Context(), set, version))
	b.Click("#consent")
	until(b, `navigator.serviceWorker.getRegistration("/phong-van").then((r) => r.update().then(() => r.waiting !== null))`)
	if !browsertest.Eval[bool](b, `document.querySelector("#consent").checked && document.querySelector(".province").textContent === "Tỉnh Minh Họa"`) {
		t.Error("the page changed under an interview")
	}
	browsertest.Eval[string](b, `document.body.dataset.old = "1"`)
	b.Click("[data-screen=interview] a[href='#/']")
	b.See("body:not([data-old]) [data-drafts] a")
	if got := b.Text(".province"); got != "Tỉnh Khác" {
		t.Errorf("the page is still of %q", got)
	}
}

// Everything goes when the surveyor says so.
func TestSurveyorWipe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	at := browsertest.Serve(t, s.app)
	openSurveyor(b, at, "dieutra01")
	b.Offline(true)
	oneFinished(b, `({q1: "5"})`)
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("details.more").open = true`))
	b.Click("[data-wipe]")
	b.See("[data-yes]")
	if got := b.Text("[data-ask]"); got != "Xóa mọi thứ trên máy này? 1 phiếu chưa gửi và 0 phiếu làm dở sẽ mất hẳn, không lấy lại được." {
		t.Errorf("asks %q", got)
	}
	b.Click("[data-yes]")
	b.See("[data-no-campaigns]")
	b.Wait(waiting + ` === "Chưa gửi: 0"`)
	for _, name := range []string{"campaigns", "drafts", "queue", "meta"} {
		if n := browsertest.Eval[int](b, `surveyor.store.all("`+name+`").then((l) => l.length)`); n != 0 {
			t.Errorf("%d left in %s", n, name)
		}
	}
	looks(t, b, "surveyor-wiped")
}

// The device words what is wrong as the server does, for every kind of
// question, and sends what the server takes.
func TestSurveyorEveryKind(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.keepOpen()
	s.addUser("dieutra01", account.Surveyor, "")
	b := browsertest.Open(t, browsertest.Phone)
	openSurveyor(b, browsertest.Serve(t, s.app), "dieutra01")
	form := `({scales: {}, sections: [{questions: [{code: "c1", kind: "choice", text: "", other: true, options: [{code: "a", label: "A"}]}, {code: "t1", kind: "text", text: "", max_length: 3, show_if: {question: "c1", in: ["other"]}}]}]})`
	for expression, want := range map[string]string{
		`surveyor.form.problem({code: "n", kind: "number", min: 0, max: 120, required: true}, {n: " "})`: "Câu này cần được trả lời. Vui lòng chọn hoặc điền câu trả lời.",
		`surveyor.form.problem({code: "n", kind: "number", min: 0, max: 120}, {n: "120,5"})`:             "Số 120,5 lớn hơn mức cao nhất là 120. Vui lòng nhập lại.",
		`surveyor.form.problem({code: "n", kind: "number", min: 0, max: 120}, {n: "12,5"})`:              "",
		`surveyor.form.problem({code: "n", kind: "number"}, {n: "mười"})`:                                "“mười” không phải là số hợp lệ. Vui lòng nhập số, ví dụ 12 hoặc 12,5, tối đa 18 chữ số.",
		`surveyor.form.problem({code: "t", kind: "text", max_length: 2}, {t: "ắăâ"})`:                    "Nội dung có 3 ký tự, tối đa là 2. Vui lòng viết ngắn hơn.",
		`surveyor.form.problem({code: "d", kind: "date"}, {d: "?"})`:                                     "Ngày chưa đúng. Xin nhập đủ ngày, tháng, năm.",
		`surveyor.form.problem({code: "m", kind: "multi", required: true}, {m: []})`:                     "Câu này cần được trả lời. Vui lòng chọn hoặc điền câu trả lời.",
		`JSON.stringify(surveyor.form.kept(` + form + `, {c1: "a", "c1.other": "x", t1: "y"}))`:          `{"c1":"a"}`,
		`JSON.stringify(surveyor.form.kept(` + form + `, {c1: "other", "c1.other": " x ", t1: "y"}))`:    `{"c1":"other","c1.other":"x","t1":"y"}`,
	} {
		if got := browsertest.Eval[string](b, expression); got != want {
			t.Errorf("%s\n got %q\nwant %q", expression, got, want)
		}
	}
}
