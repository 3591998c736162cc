package vi

// commonMessages are the sentences of the whole program.
var commonMessages = map[string]string{
	"internal":       "Hệ thống gặp lỗi và đã ghi lại để khắc phục. Xin thử lại sau ít phút.",
	"cmd.noDatabase": "Chưa có cơ sở dữ liệu %v. Kiểm tra đường dẫn (--db, THANTHIEN_DB), hoặc tạo mới bằng serve, units import hay user add.",
	"cmd.notDemo":    "%v là cơ sở dữ liệu thật, không phải dữ liệu minh họa, nên không dùng cho demo. Chọn thư mục khác bằng --data.",
	"file.open":      "Không mở được tệp %v. Kiểm tra tên tệp và quyền đọc.",
	"file.write":     "Không ghi được tệp %v. Kiểm tra thư mục, dung lượng đĩa và quyền ghi.",
	"file.tooLarge":  "Tệp %v lớn hơn giới hạn %v. Chia nhỏ tệp rồi thử lại.",
}
