package site

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
)

// Sheets: the condition, then 1.1.1, 1.1.2, 1.2 (two fields), 1.3, 2.1, 2.2, T.1.
// yearFull is worth 30 points, just enough; yearLess 29; yearLow 23.5.
var (
	yearFull = []string{"↓", "5", "↓", "50", "50", "100", "5", "0", "0"}
	yearLess = []string{"↓", "4", "↓", "50", "50", "100", "5", "0", "0"}
	yearLow  = []string{"↓", "1", "↓", "50", "50", "50", "5", "0", "0"}
)

// One year for three communes, through the pages alone: the administrator, the
// manager, three communes, the district's appraiser, the province's two, a judge,
// the council's head and a visitor, through every status there is.
func TestYearInBrowser(t *testing.T) {
	t.Parallel()
	w := newYear(t)
	w.accounts()
	w.makePeriod()
	w.assign()
	w.register()
	w.scoreThemselves()
	w.handIn()
	w.appraiseDistrict()
	w.appraiseProvince()
	w.appeal()
	w.lock()
	w.decide()
	w.publish()
	w.revoke()
	for _, status := range dossier.Statuses() {
		if !w.seen[status] {
			t.Errorf("the year came by no %s", status)
		}
	}
	if got := w.site.log.String(); strings.Contains(got, "level=ERROR") {
		t.Errorf("the log has errors:\n%s", got)
	}
}

// accounts: the administrator makes the judge's account and keeps the judge out
// of one commune.
func (w *year) accounts() {
	tab := w.open(yearAdmin, "/quan-tri/tai-khoan/moi")
	w.look(tab, "account-new")
	w.fill(tab, "main form", "name", "Vũ Thị Giải Quyết", "login", yearJudge, "role", "appraiser")
	w.press(tab, "main form .btn", 200)
	w.passwords[yearJudge] = tab.Text("code.receipt")
	w.open(yearAdmin, "/quan-tri/tai-khoan/"+yearJudge+"/tranh")
	w.look(tab, "recused")
	w.fill(tab, "form:has([value=them])", "dv", yearB)
	w.press(tab, "[value=them]", 200)
	w.says(tab, "main", "Phải tránh 1 đơn vị")
	w.open(yearAdmin, "/quan-tri/tai-khoan")
	w.look(tab, "accounts")
}

// makePeriod: the manager makes a period with three stages and opens it.
func (w *year) makePeriod() {
	tab := w.open(yearManager, "/quan-tri/ky/moi")
	w.look(tab, "period-new")
	w.fill(tab, "main form", "title", "Kỳ đánh giá năm 2026", "id", "2026", "year", "2026", "set", "thu@1", "scope", "27", "on", "2026-11-01",
		"percent", "60", "by", "2026-12-31", "quy-trinh", "buoc",
		"cap-ma", "self", "cap-ma", "district", "cap-ma", "province", "cap-ten", "Tự chấm", "cap-ten", "Thẩm định huyện", "cap-ten", "Thẩm định tỉnh",
		"cap-han", "2026-11-30", "cap-han", "2026-12-10", "han-register", "2026-11-15", "han-submit", "2026-11-20", "han-appeal", "2026-12-20",
		"dieu-kien", "1", "min_self", "20", "spread", "3", "max_appeals", "2", "valid_months", "24", "head", yearHead)
	w.press(tab, "main form > .btn", 200)
	w.says(tab, "main", "Sẽ tạo 10 hồ sơ", "20/11/2026")
	w.look(tab, "period-draft")
	w.press(tab, "form[action$='/mo'] .btn", 200)
	w.look(tab, "period-open")
	w.stands(yearOfficers[yearA], yearA, dossier.NotRegistered)
}

// assign: one appraiser for the district, two for the province.
func (w *year) assign() {
	tab := w.open(yearManager, "/quan-tri/ky/2026/phan-cong?cap=district")
	w.look(tab, "teams")
	w.fill(tab, "form:has([name=to-truong])", "dv", yearA, "dv", yearB, "dv", yearC, "to-truong", yearDistrict)
	w.press(tab, "form:has([name=to-truong]) fieldset .btn", 200)
	w.says(tab, "main", "3/10 đơn vị đã phân công")
	w.open(yearManager, "/quan-tri/ky/2026/phan-cong?cap=province")
	w.fill(tab, "form:has([name=to-truong])", "dv", yearB, "dv", yearC, "to-truong", yearLead, "nguoi", yearMember)
	w.press(tab, "form:has([name=to-truong]) fieldset .btn", 200)
	w.open(yearManager, "/quan-tri/ky/2026/phan-cong/"+yearA+"?cap=province")
	w.look(tab, "team-one")
	w.fill(tab, "main form", "nguoi1", yearLead, "nguoi2", yearMember)
	w.press(tab, "main form .btn", 200)
	w.says(tab, "main", "3/10 đơn vị đã phân công")
	w.open(yearManager, "/quan-tri/ky/2026/phan-cong/tu-dong?cap=province")
	w.look(tab, "team-balance")
}

// register: three communes register; the gate stops one at first, the manager
// returns another, which registers again.
func (w *year) register() {
	tab := w.act(yearOfficers[yearC], yearC, dossier.Register, 422, "tu-cham", "12,5")
	w.says(tab, "#loi", "20")
	w.look(tab, "act-register-gate")
	for _, unit := range []string{yearA, yearB, yearC} {
		w.act(yearOfficers[unit], unit, dossier.Register, 200, "tu-cham", "30", "dieu-kien", "dk1")
		w.stands(yearOfficers[unit], unit, dossier.Registered)
	}
	w.act(yearManager, yearB, dossier.Return, 200, "ly-do", "Chưa có nghị quyết của Đảng ủy về việc đăng ký. Bổ sung rồi đăng ký lại.")
	tab = w.stands(yearOfficers[yearB], yearB, dossier.Returned)
	w.says(tab, "main", "Chưa có nghị quyết của Đảng ủy")
	w.act(yearOfficers[yearB], yearB, dossier.Register, 200, "tu-cham", "30", "dieu-kien", "dk1", "ly-do", "Đã có Nghị quyết số 12-NQ/ĐU.")
	tab = w.open(yearManager, "/quan-tri?ky=2026")
	w.look(tab, "desk")
	w.fill(tab, "form:has([value=duyet])", "dv", yearA, "dv", yearB, "dv", yearC)
	w.press(tab, "[value=duyet]", 200)
	w.look(tab, "desk-approved")
	w.stands(yearOfficers[yearA], yearA, dossier.Approved)
}

// scoreThemselves: the communes score by keyboard and send what proves it.
func (w *year) scoreThemselves() {
	tab := w.open(yearOfficers[yearA], yearHome(yearA))
	w.says(tab, "main", "Vì sao tôi chưa", "Còn thiếu 9 mục")
	tab = w.open(yearOfficers[yearA], yearHome(yearA)+"/viec/submit")
	if browsertest.Eval[bool](tab, `document.querySelector("form[action$='/viec/submit']") !== null`) {
		w.t.Error("what lacks marks can be submitted")
	}
	w.says(tab, "main", "Còn thiếu", "Niêm yết")
	w.look(tab, "act-submit-lacks")
	for _, unit := range []string{yearA, yearB, yearC} {
		w.score(yearOfficers[unit], unit, "self", yearFull...)
		tab = w.open(yearOfficers[unit], yearHome(unit)+"/minh-chung")
		w.look(tab, "evidence")
		w.fill(tab, "#them form", "ten", "Tờ trình và ảnh niêm yết", "so", "15/TTr-UBND", "ngay", "2026-11-05", "giay", "to-trinh", "tc", "1.1.1")
		tab.Do(chromedp.SetUploadFiles(chromedp.CSS("#tep"), []string{w.file("to-trinh-" + unit + ".pdf")}))
		w.press(tab, "#them form button", 200)
		w.says(tab, "main", "Tờ trình và ảnh niêm yết")
	}
	w.look(tab, "evidence-there")
	w.stands(yearOfficers[yearA], yearA, dossier.Scoring)
}

// handIn: all submit; one is asked to complete its dossier and submits again.
func (w *year) handIn() {
	for _, unit := range []string{yearA, yearB, yearC} {
		w.act(yearOfficers[unit], unit, dossier.Submit, 200)
		w.stands(yearOfficers[unit], unit, dossier.Submitted)
	}
	w.act(yearOfficers[yearB], yearB, dossier.TakeBack, 200)
	w.stands(yearOfficers[yearB], yearB, dossier.Scoring)
	w.act(yearOfficers[yearB], yearB, dossier.Submit, 200)
	w.act(yearDistrict, yearC, dossier.AskCompletion, 200, "ly-do", "Ảnh niêm yết chưa thấy ngày. Gửi thêm ảnh khác.", "muc", "1.1.1", "han", "2026-11-18")
	tab := w.stands(yearOfficers[yearC], yearC, dossier.Completion)
	w.says(tab, "main", "Ảnh niêm yết chưa thấy ngày", "18/11/2026")
	w.act(yearOfficers[yearC], yearC, dossier.Resubmit, 200, "ly-do", "Đã gửi thêm ảnh có ngày.")
	w.stands(yearOfficers[yearC], yearC, dossier.Resubmitted)
	tab = w.open(yearDistrict, "/tham-dinh")
	w.look(tab, "appraise")
	w.fill(tab, "form[action$='/tiep-nhan']", "dv", yearA, "dv", yearB, "dv", yearC)
	w.press(tab, "form[action$='/tiep-nhan'] .btn", 200)
	w.stands(yearDistrict, yearA, dossier.Appraisal)
}

// appraiseDistrict: the district proposes two and does not propose one.
func (w *year) appraiseDistrict() {
	for _, unit := range []string{yearA, yearB, yearC} {
		w.score(yearDistrict, unit, "district", yearFull...)
		w.act(yearDistrict, unit, dossier.FinishSheet, 200)
		w.says(w.as(yearDistrict), ".stand", "Tổ trưởng thẩm định kết luận")
	}
	w.act(yearDistrict, yearA, dossier.Propose, 200, "ly-do", "Hồ sơ đầy đủ.")
	w.act(yearDistrict, yearC, dossier.Propose, 200)
	w.act(yearDistrict, yearB, dossier.Reject, 200, "ly-do", "Qua kiểm tra thực tế, việc niêm yết không đúng như báo cáo.")
	tab := w.stands(yearOfficers[yearB], yearB, dossier.NotProposed)
	w.says(tab, "main", "không đúng như báo cáo", "Thẩm định tỉnh không thực hiện")
	w.look(w.open(yearOfficers[yearB], "/thong-bao"), "notices")
}

// appraiseProvince: two members are too far apart on one commune; they talk,
// score again and conclude. The other commune is proposed.
func (w *year) appraiseProvince() {
	w.score(yearLead, yearA, "province", yearLess...)
	w.act(yearLead, yearA, dossier.FinishSheet, 200)
	tab := w.score(yearMember, yearA, "province", yearLow...)
	if strings.Contains(tab.Text("main"), "Lê Văn Tổ Trưởng") {
		w.t.Error("the member sees the lead's sheet before giving their own")
	}
	w.act(yearMember, yearA, dossier.FinishSheet, 200)
	tab = w.open(yearLead, yearHome(yearA))
	w.says(tab, "main", "Vì sao tôi chưa", "5,50")
	w.look(tab, "home-spread")
	w.look(w.open(yearLead, yearHome(yearA)+"/cham-diem?cap=province"), "sheet-spread")
	w.look(w.open(yearLead, "/tham-dinh"), "appraise-spread")
	tab = w.open(yearLead, yearHome(yearA)+"/viec/propose")
	if browsertest.Eval[bool](tab, `document.querySelector("form[action$='/viec/propose']") !== null`) {
		w.t.Error("a conclusion is offered while the sheets lie too far apart")
	}
	w.says(tab, "main", "Còn thiếu", "5,50")
	w.look(tab, "act-propose-spread")
	w.act(yearLead, yearA, dossier.Rescore, 200, "ly-do", "Đã trao đổi ngày 10/11: ảnh chụp đủ ba điểm niêm yết; chỉ số lấy theo Sở Nội vụ là 100%.")
	w.act(yearLead, yearA, dossier.FinishSheet, 200)
	w.score(yearMember, yearA, "province", "=", "4", "=", "=", "=", "100", "=", "=", "=")
	w.act(yearMember, yearA, dossier.FinishSheet, 200)
	w.act(yearLead, yearA, dossier.Reject, 200, "ly-do", "Tổng điểm 29,00, chưa đủ 30 điểm.")
	w.stands(yearOfficers[yearA], yearA, dossier.NotProposed)
	for _, login := range []string{yearLead, yearMember} {
		w.score(login, yearC, "province", yearFull...)
		w.act(login, yearC, dossier.FinishSheet, 200)
	}
	w.act(yearLead, yearC, dossier.Propose, 200)
	w.stands(yearOfficers[yearC], yearC, dossier.Proposed)
}

// appeal: a commune contests a mark; a judge who did not score sees what the
// decision would move, accepts, and the manager reconsiders.
func (w *year) appeal() {
	tab := w.open(yearOfficers[yearA], yearHome(yearA))
	w.press(tab, "main a[href$='/kien-nghi']", 200)
	w.look(tab, "appeal-file")
	w.fill(tab, "form:has([name^='ly-do:'])", "ly-do:1.1.1", "Đủ bốn điểm niêm yết, xem ảnh số 4 trong Tờ trình 15/TTr-UBND.")
	w.press(tab, "form:has([name^='ly-do:']) .save-bar .btn", 200)
	w.stands(yearOfficers[yearA], yearA, dossier.Appealed)
	tab = w.open(yearManager, "/quan-tri/ky/2026/khoa")
	w.says(tab, "main", "kiến nghị đang chờ giải quyết")
	w.look(tab, "lock-waits")
	w.says(w.open(yearMember, "/tham-dinh/kien-nghi"), "main", "do người khác giải quyết")
	tab = w.open(yearJudge, "/tham-dinh/kien-nghi")
	w.look(tab, "appeals")
	w.press(tab, "table.appeals a.go", 200)
	w.look(tab, "appeal-judge")
	w.fill(tab, "form:has([name=lap-luan])", "ket-qua", "chap-nhan", "m:points:1.1.1", "5", "lap-luan", "Ảnh số 4 cho thấy điểm niêm yết thứ tư, chụp trong kỳ.")
	w.press(tab, "[value=xem]", 200)
	w.says(tab, "#tac-dong", "29,00", "30,00", "Mức Đạt")
	w.look(tab, "appeal-preview")
	w.press(tab, "[value=quyet-dinh]", 200)
	w.look(tab, "appeal-decided")
	w.stands(yearOfficers[yearA], yearA, dossier.NotProposed)
	w.act(yearManager, yearA, dossier.Reconsider, 200, "ly-do", "Sau khi giải quyết kiến nghị, tổng điểm là 30,00, đủ điều kiện đề nghị.")
	w.stands(yearOfficers[yearA], yearA, dossier.Proposed)
}

// lock: the manager locks, the head signs; unlocking asks for a reason and
// cancels the signature.
func (w *year) lock() {
	const page = "/quan-tri/ky/2026/khoa"
	tab := w.open(yearManager, page)
	w.look(tab, "lock-open")
	w.press(tab, "[value=khoa]", 200)
	w.sign()
	tab = w.open(yearManager, page)
	w.says(tab, "main", "Nguyễn Văn Chủ Tịch ký xác nhận")
	w.look(tab, "lock-signed")
	w.press(tab, "[value=mo-khoa]", 422)
	w.look(tab, "unlock-refused")
	w.open(yearManager, page)
	w.fill(tab, "form:has([value=mo-khoa])", "ly-do", "Sửa lỗi chính tả trong ghi chú.")
	w.press(tab, "[value=mo-khoa]", 200)
	w.says(w.open(yearManager, page), "main", "hiện tại")
	w.press(tab, "[value=khoa]", 200)
	tab = w.open(yearManager, page)
	w.says(tab, "main", "chưa ký xác nhận")
	if browsertest.Eval[bool](tab, `document.querySelector("[value=cong-bo]") !== null`) {
		w.t.Error("what nobody signed can be published")
	}
	w.sign()
}

// sign: the council's head finds the page and signs it with the password.
func (w *year) sign() {
	tab := w.open(yearHead, "/quan-tri/ky/2026/khoa")
	w.look(tab, "sign-off")
	w.fill(tab, "form[action$='/khoa/ky']", "mat-khau", testPassword)
	w.press(tab, "form[action$='/khoa/ky'] .btn", 200)
	w.says(tab, "main", "Đã ký")
}

// decide: two are recognised by one decision, one is refused.
func (w *year) decide() {
	const page = "/quan-tri/ky/2026/quyet-dinh"
	tab := w.open(yearManager, page)
	w.look(tab, "decisions")
	paper := []string{"number", "123/QĐ-UBND", "day", "2026-11-10", "signer", "Nguyễn Văn Chủ Tịch"}
	w.fill(tab, "form:has([value=cong-nhan])", append([]string{"unit", yearA, "unit", yearB, "unit", yearC}, paper...)...)
	w.press(tab, "[value=cong-nhan]", 409)
	w.look(tab, "decision-wrong")
	w.press(tab, "[value=cong-nhan]", 200) // without the one
	w.says(tab, "h1", "Công nhận 2 đơn vị")
	w.look(tab, "decision-preview")
	w.press(tab, "[value=cong-nhan]", 200)
	w.fill(tab, "form:has([value=khong-cong-nhan])", append([]string{"unit", yearB}, paper...)...)
	w.press(tab, "[value=khong-cong-nhan]", 200)
	w.press(tab, "[value=khong-cong-nhan]", 200)
	w.says(tab, "main", "Đã công nhận 2", "không công nhận 1")
	w.look(tab, "decided")
	w.stands(yearOfficers[yearA], yearA, dossier.Recognised)
	w.stands(yearOfficers[yearB], yearB, dossier.NotRecognised)
	w.look(w.open(yearManager, "/quan-tri/cong-nhan?ky=2026"), "register")
}

// publish: the visitor sees nothing before, and the decision afterwards.
func (w *year) publish() {
	tab := w.open(yearManager, "/quan-tri/ky/2026/khoa")
	w.press(tab, "[value=cong-bo]", 200)
	w.look(w.open(yearManager, "/quan-tri/ky/2026/khoa"), "lock-published")
	tab = w.open(yearPublic, "/ket-qua/2026")
	w.says(tab, "main", longName, "123/QĐ-UBND")
	w.look(tab, "public-result")
	tab.Resize(browsertest.Phone)
	w.says(tab, ".results td:nth-child(3)", "được công nhận") // only what is shown is said
	tab.Resize(browsertest.Desktop)
}

// revoke: a recognition is taken back, for everybody to see.
func (w *year) revoke() {
	tab := w.open(yearManager, "/quan-tri/ky/2026/quyet-dinh/"+yearA)
	w.look(tab, "decision-one")
	w.fill(tab, "form[action$='/thu-hoi']", "number", "140/QĐ-UBND", "day", "2026-11-10", "signer", "Nguyễn Văn Chủ Tịch", "reason", "Lãnh đạo bị kỷ luật cảnh cáo trong năm.")
	w.press(tab, "form[action$='/thu-hoi'] .btn", 200)
	w.stands(yearOfficers[yearA], yearA, dossier.Revoked)
	w.says(w.open(yearPublic, "/ket-qua/2026"), "main", "140/QĐ-UBND")
	w.look(w.as(yearPublic), "public-revoked")
	tab = w.open(yearOfficers[yearA], yearHome(yearA)+"/lich-su")
	w.look(tab, "history")
}
