package vi

// storeMessages are the sentences of looking things up and saving them.
var storeMessages = map[string]string{
	"store.settings":          "Chưa có thông tin của tỉnh.",
	"store.missing":           "Không tìm thấy %v.",
	"store.unit":              "Không có đơn vị mã %v.",
	"store.campaign":          "Không có đợt khảo sát %v.",
	"store.campaignTaken":     "Mã đợt khảo sát %v đã dùng. Chọn mã khác.",
	"store.period":            "Không có kỳ đánh giá %v.",
	"store.periodTaken":       "Mã kỳ đánh giá %v đã dùng. Chọn mã khác.",
	"store.noUnits":           "%v chưa có đơn vị nào để đánh giá. Nhập danh sách đơn vị, kiểm tra phạm vi và ngày hiệu lực rồi mở lại.",
	"store.dossier":           "Không có hồ sơ %v.",
	"store.set":               "Không có bộ tiêu chí %v.",
	"store.form":              "Không có mẫu phiếu %v.",
	"store.broken":            "Bản lưu của %v bị hỏng. Đề nghị quản trị hệ thống khôi phục từ bản sao lưu.",
	"store.frozen":            "%v đã ban hành nên không thay đổi được nữa. Chép sang phiên bản mới để sửa.",
	"store.stale":             "Người khác vừa lưu trước. Mở lại trang để xem bản mới rồi sửa tiếp.",
	"store.clash":             "%v ô đã được người khác sửa trong lúc ông/bà đang nhập. Xem cả hai giá trị rồi chọn.",
	"survey.campaign.id":      "Mã đợt khảo sát chỉ gồm chữ thường không dấu, số, gạch ngang, gạch dưới; tối đa 40 ký tự. Ví dụ: hai-long-2026.",
	"survey.campaign.title":   "Tên đợt khảo sát phải có từ 1 đến %v ký tự.",
	"survey.campaign.units":   "Đợt khảo sát phải có từ 1 đến %v đơn vị. Mở kỳ đánh giá trước hoặc chọn phạm vi khác.",
	"survey.campaign.window":  "Thời gian kết thúc phải sau thời gian bắt đầu.",
	"survey.campaign.group":   "Phiếu không dành cho nhóm %v. Chọn nhóm có trong phiếu.",
	"survey.campaign.form":    "Đợt %v của kỳ này đã dùng phiếu %v; mỗi phiếu chỉ có một đợt trong một kỳ.",
	"survey.campaign.invalid": "Đợt khảo sát chưa đúng. Sửa các mục dưới đây rồi làm lại.",
	"store.response":          "Một lượt trả lời trong cơ sở dữ liệu không đọc được.",
	"store.receipt":           "Không tìm thấy mã biên nhận này. Kiểm tra lại từng chữ và số rồi thử lại.",
}
