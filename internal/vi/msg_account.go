package vi

// accountMessages are the sentences of accounts and signing in.
var accountMessages = map[string]string{
	"account.login":     "Tên đăng nhập chỉ gồm chữ thường không dấu, số, dấu chấm, gạch ngang, gạch dưới; tối đa %v ký tự.",
	"account.name":      "Họ tên phải có từ 1 đến %v ký tự.",
	"account.role":      "Vai trò không đúng. Chọn một vai trò trong danh sách.",
	"account.unit":      "Tài khoản cấp xã phải gắn với một đơn vị; các vai trò khác thì để trống đơn vị.",
	"account.password":  "Mật khẩu phải có từ %v đến %v ký tự.",
	"account.invalid":   "Tài khoản chưa đúng. Sửa các mục dưới đây rồi lưu lại.",
	"account.wrong":     "Tên đăng nhập hoặc mật khẩu không đúng.",
	"account.taken":     "Tên đăng nhập %v đã có người dùng. Chọn tên khác.",
	"account.unknown":   "Không có tài khoản %v.",
	"account.oldWrong":  "Mật khẩu đang dùng không đúng.",
	"account.again":     "Hai lần nhập mật khẩu mới không giống nhau.",
	"account.setupUsed": "Đường dẫn tạo quản trị viên đã dùng hoặc hết hiệu lực. Khởi động lại chương trình để lấy đường dẫn mới nếu chưa có tài khoản nào.",
	"account.tooMany":   "Đăng nhập sai quá nhiều lần. Xin thử lại sau %v phút, hoặc nhờ quản trị viên đặt lại mật khẩu.",
	"account.late":      "Phiên làm việc đã hết nên chưa làm gì. Đăng nhập rồi làm lại; tệp và mật khẩu phải chọn, nhập lại.",
	"account.lateKept":  "Phiên làm việc đã hết nên chưa lưu gì. Những gì ông/bà vừa nhập vẫn được giữ ở trang này: đăng nhập xong thì bấm “Gửi lại”.",
	"account.email":     "Địa chỉ thư điện tử không đúng. Viết dạng ten@tinh.gov.vn, hoặc để trống.",
}
