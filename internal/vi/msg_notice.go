package vi

// noticeMessages are the sentences of notices, reminders, deadlines, comments
// and e-mail.
var noticeMessages = map[string]string{
	"mail.port":        "Cổng máy chủ thư %q không phải một số.",
	"mail.server":      "Không dùng được máy chủ thư %v. Kiểm tra các biến THANTHIEN_SMTP_*.",
	"mail.from":        "Địa chỉ gửi đi %q không đúng.",
	"mail.to":          "Địa chỉ nhận %q không đúng. Sửa thư điện tử của tài khoản.",
	"mail.refused":     "Máy chủ thư không nhận thư này.",
	"mail.unreachable": "Chưa nối được tới máy chủ thư.",
	"mail.failed":      "Máy chủ thư chưa nhận thư.",

	"store.job":              "Không có việc nền này.",
	"notice.missing":         "Thông báo này không còn, hoặc không phải của ông/bà.",
	"notice.notFailed":       "Thư này không ở trạng thái gửi hỏng, nên không cần gửi lại.",
	"comment.missing":        "Không có ý kiến này. Tải lại trang rồi thử lại.",
	"comment.tooMany":        "Hồ sơ đã có đủ %v ý kiến. Trả lời vào một ý kiến đã có.",
	"comment.tooManyReplies": "Ý kiến này đã có đủ %v câu trả lời. Mở một ý kiến mới.",
	"comment.late":           "Chỉ rút lại được lời của mình trong %v phút sau khi gửi và khi chưa ai trả lời.",

	"admin.event.comment.added":      "Nêu ý kiến",
	"admin.event.comment.replied":    "Trả lời ý kiến",
	"admin.event.comment.resolved":   "Đánh dấu ý kiến đã xong",
	"admin.event.comment.reopened":   "Mở lại ý kiến",
	"admin.event.comment.taken-back": "Rút lại lời đã nói",
	"admin.field.code":               "tiêu chí",
	"admin.field.audience":           "dành cho",
	"admin.field.text":               "nội dung",
}
