package vi

// siteMessages are the sentences of the site itself.
var siteMessages = map[string]string{
	"site.signIn":          "Phiên làm việc đã hết hoặc chưa đăng nhập. Xin đăng nhập lại.",
	"site.forbidden":       "Vai trò %v không được làm việc này. Nếu cần, đề nghị quản trị viên cấp quyền.",
	"site.notYours":        "Đây không phải hồ sơ của đơn vị ông/bà.",
	"site.csrf":            "Trang này đã cũ nên không gửi được. Tải lại trang rồi thử lại.",
	"site.crossOrigin":     "Yêu cầu đến từ một trang khác nên bị từ chối. Mở trực tiếp trang này rồi thử lại.",
	"site.notFound":        "Không có trang này. Kiểm tra lại đường dẫn.",
	"site.method":          "Đường dẫn này không nhận kiểu yêu cầu đó.",
	"site.malformed":       "Yêu cầu không đọc được. Kiểm tra định dạng rồi gửi lại.",
	"site.tooLarge":        "Nội dung gửi lên lớn hơn %v MB. Giảm dung lượng rồi gửi lại.",
	"site.bodyTooLarge":    "Nội dung gửi lên lớn hơn %v KB. Rút gọn rồi gửi lại.",
	"site.listen":          "Không lắng nghe được ở địa chỉ %v (%v). Chọn cổng khác bằng --addr hoặc dừng chương trình đang dùng cổng đó.",
	"site.notReady":        "Cơ sở dữ liệu chưa sẵn sàng.",
	"site.title.forbidden": "Không được phép",
	"site.title.missing":   "Không tìm thấy",
	"site.title.closed":    "Đã đóng",
	"site.title.broken":    "Hệ thống gặp lỗi",
	"site.title.refused":   "Chưa thực hiện được",
	"role.admin":           "Quản trị hệ thống",
	"role.manager":         "Người quản lý",
	"role.appraiser":       "Thẩm định viên",
	"role.commune":         "Cán bộ cấp xã",
	"role.leader":          "Lãnh đạo",
	"role.surveyor":        "Điều tra viên",
}
