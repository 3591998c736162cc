package vi

// teamMessages are the sentences of who appraises what.
var teamMessages = map[string]string{
	"team.invalid":      "Danh sách phân công có %v chỗ cần sửa. Chưa ghi gì.",
	"team.noHead":       "Không thấy hàng tiêu đề. Cần cột “Mã đơn vị” và ít nhất một cột “Tổ trưởng” hoặc “Thành viên”.",
	"team.noRows":       "Danh sách không có hàng nào dưới tiêu đề.",
	"team.unit":         "Đơn vị %q không có hồ sơ trong kỳ đánh giá này.",
	"team.unitTwice":    "Đơn vị %v đã có ở hàng phía trên. Mỗi đơn vị một hàng.",
	"team.nobody":       "Không có tài khoản %q.",
	"team.disabled":     "Tài khoản %v đã khóa.",
	"team.notAppraiser": "%v không phải người thẩm định.",
	"team.recused":      "%v không được thẩm định đơn vị %v (thuộc diện phải tránh).",
	"team.twice":        "%v được ghi hai lần.",
	"team.refused":      "Chưa phân công được. Sửa các chỗ dưới đây rồi làm lại.",
}
