package vi

// configMessages are the sentences of wrong settings.
var configMessages = map[string]string{
	"config.invalid":     "Biến môi trường chưa đúng. Sửa các mục dưới đây rồi chạy lại.",
	"config.addr":        "%q không phải địa chỉ lắng nghe. Viết dạng :8080 hoặc 127.0.0.1:8080.",
	"config.db":          "%q không phải cơ sở dữ liệu dùng được. Ghi đường dẫn tệp hoặc mongodb://…",
	"config.baseURL":     "%q không phải địa chỉ web. Viết dạng https://thanthien.tinh.gov.vn.",
	"config.secret":      "Khóa bí mật phải dài ít nhất %v byte.",
	"config.secretTwice": "Chỉ đặt một trong hai: THANTHIEN_SECRET hoặc THANTHIEN_SECRET_FILE.",
	"config.secretFile":  "Không đọc được tệp %v.",
	"config.proxies":     "%q không phải địa chỉ IP hay dải mạng. Viết dạng 10.0.0.1 hoặc 10.0.0.0/8.",
	"config.log":         "%q không phải mức nhật ký. Chọn debug, info, warn hoặc error.",
}
