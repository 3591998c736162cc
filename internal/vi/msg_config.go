package vi

// configMessages are the sentences of wrong settings.
var configMessages = map[string]string{
	"config.invalid":     "Biến môi trường chưa đúng. Sửa các mục dưới đây rồi chạy lại.",
	"config.addr":        "%q không phải địa chỉ lắng nghe. Viết dạng :8080 hoặc 127.0.0.1:8080.",
	"config.db":          "%q không phải cơ sở dữ liệu dùng được. Ghi đường dẫn tệp hoặc mongodb://…",
	"config.baseURL":     "%q không phải địa chỉ web. Viết dạng https://thanthien.tinh.gov.vn.",
	"config.secret":      "Khóa bí mật phải dài ít nhất %v byte.",
	"config.secretTwice": "Chỉ đặt một trong hai: %v hoặc %v.",
	"config.secretFile":  "Không đọc được tệp %v.",
	"config.proxies":     "%q không phải địa chỉ IP hay dải mạng. Viết dạng 10.0.0.1 hoặc 10.0.0.0/8.",
	"config.log":         "%q không phải mức nhật ký. Chọn debug, info, warn hoặc error.",
	"config.smtpHost":    "%q không phải tên máy chủ thư. Chỉ ghi tên máy, như mail.tinh.gov.vn; cổng ghi ở THANTHIEN_SMTP_PORT.",
	"config.smtpPort":    "%q không phải số cổng. Ghi số, như 587.",
	"config.smtpTLS":     "%q không phải cách bảo mật kết nối. Chọn starttls, tls hoặc none.",
	"config.smtpFrom":    "%q không phải địa chỉ thư. Ghi địa chỉ gửi đi, như thanthien@tinh.gov.vn.",
	"config.smtpUser":    "Tên và mật khẩu đăng nhập máy chủ thư phải cùng có hoặc cùng để trống.",
	"config.smtpBase":    "Thư cần đường dẫn tới trang này. Ghi địa chỉ công khai, như https://thanthien.tinh.gov.vn.",
}
