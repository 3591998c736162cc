package vi

// decisionMessages are the lock of a period, its sign-off, the decisions and
// the documents.
var decisionMessages = map[string]string{
	"store.freeze":         "Không có dữ liệu đã khóa của kỳ (%v).",
	"lock.notOpen":         "%v không ở trạng thái khóa được.",
	"lock.title":           "Khóa và ký xác nhận",
	"lock.unsigned":        "%v chưa được chủ tịch hội đồng ký xác nhận nên chưa công bố được.",
	"lock.appeals":         "Còn %v hồ sơ có kiến nghị chưa giải quyết. Giải quyết hết rồi mới khóa kỳ được.",
	"lock.pieces":          "phiếu %v, %v phần dữ liệu",
	"lock.units":           "Đơn vị được đánh giá",
	"lock.complete":        "Hồ sơ đã chấm đủ",
	"lock.reached":         "Đơn vị đạt yêu cầu theo điểm",
	"lock.waits":           "%v: tiêu chí %v",
	"lock.headOnly":        "Chỉ chủ tịch hội đồng của kỳ này mới ký xác nhận được.",
	"lock.notFrozen":       "%v chưa khóa xong nên chưa có gì để ký.",
	"admin.field.signoff":  "người ký xác nhận",
	"admin.field.locked":   "khóa",
	"admin.done.signed":    "Đã ký xác nhận kết quả đã khóa.",
}
