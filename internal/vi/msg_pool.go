package vi

// poolMessages are the sentences of counts, flags and exclusions.
var poolMessages = map[string]string{
	"pool.invalid":   "Chưa ghi được. Sửa những chỗ nêu dưới đây rồi gửi lại.",
	"pool.reason":    "Ghi lý do, tối đa %v ký tự.",
	"pool.ids":       "Chọn từ 1 đến %v lượt trả lời.",
	"pool.frozen":    "Kỳ đánh giá “%v” đã khóa nên không loại hay khôi phục lượt trả lời được nữa.",
	"pool.response":  "Không tìm thấy lượt trả lời này trong đợt khảo sát. Tải lại trang rồi chọn lại.",
	"pool.open":      "Đợt khảo sát “%v” chưa kết thúc nên chưa xóa được câu trả lời tự viết.",
	"pool.different": "Số liệu tổng hợp của %v đợt khảo sát khác với kết quả đếm lại. Xem danh sách ở trên.",
	"store.snapshot": "Số liệu tổng hợp đã lưu (%v) không đọc được.",
}
