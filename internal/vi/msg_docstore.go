package vi

// docstoreMessages are the sentences of package docstore and its engines.
var docstoreMessages = map[string]string{
	"docstore.missing":      "Không tìm thấy dữ liệu này. Có thể nó đã bị xóa; vui lòng quay lại danh sách và chọn lại.",
	"docstore.duplicate":    "Dữ liệu này đã có, không thể ghi thêm một bản trùng. Vui lòng xem bản đang có hoặc đổi mã khác.",
	"docstore.stale":        "Dữ liệu đã được người khác sửa sau khi bạn mở. Vui lòng tải lại trang, xem thay đổi rồi sửa tiếp.",
	"docstore.large":        "Dữ liệu quá lớn: %v byte, nhiều nhất là %v byte. Vui lòng chia nhỏ hoặc bớt nội dung.",
	"docstore.cursor":       "Địa chỉ của trang danh sách không đúng. Vui lòng mở lại danh sách từ trang đầu.",
	"docstore.timeout":      "Cơ sở dữ liệu chưa trả lời kịp. Vui lòng đợi ít phút rồi thử lại.",
	"docstore.unavailable":  "Chưa kết nối được cơ sở dữ liệu. Vui lòng đợi ít phút rồi thử lại; nếu vẫn lỗi, hãy báo người quản trị.",
	"docstore.closed":       "Hệ thống đang dừng nên chưa nhận yêu cầu này. Vui lòng thử lại sau ít phút.",
	"docstore.engine":       "Cơ sở dữ liệu gặp lỗi. Vui lòng thử lại; nếu vẫn lỗi, hãy báo người quản trị.",
	"docstore.document":     "Dữ liệu lưu không đúng khuôn dạng. Vui lòng báo người quản trị.",
	"docstore.query":        "Chương trình hỏi cơ sở dữ liệu sai cách. Vui lòng báo người quản trị.",
	"docstore.open":         "Không mở được cơ sở dữ liệu %v. Hãy kiểm tra đường dẫn, quyền đọc ghi và xem tệp đó có đúng là cơ sở dữ liệu của chương trình.",
	"docstore.newer":        "Cơ sở dữ liệu có phiên bản %v, mới hơn phiên bản %v mà chương trình này hiểu. Hãy dùng bản chương trình mới hơn.",
	"docstore.filemissing":  "Không tìm thấy tệp này. Có thể tệp đã bị xóa; vui lòng tải tệp lên lại.",
	"docstore.filelarge":    "Tệp quá lớn, nhiều nhất là %v byte. Vui lòng nén hoặc chia nhỏ tệp.",
	"docstore.fileread":     "Việc gửi tệp lên bị gián đoạn. Vui lòng gửi lại tệp.",
	"docstore.filechanged":  "Nội dung tệp không còn đúng như lúc tải lên. Vui lòng báo người quản trị khôi phục từ bản sao lưu.",
	"docstore.backupexists": "Tệp sao lưu %v đã có. Hãy chọn tên khác hoặc chuyển tệp cũ đi.",
}
