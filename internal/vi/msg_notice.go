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
}
