package vi

// publicMessages are the sentences of the public pages and of the survey API.
var publicMessages = map[string]string{
	"public.unit":        "Đợt khảo sát này không có đơn vị mã %v. Kiểm tra lại đường dẫn hoặc mã QR.",
	"public.closed":      "Đợt khảo sát đã đóng lúc %v, không nhận thêm câu trả lời.",
	"public.notOpen":     "Đợt khảo sát chưa mở. Thời gian trả lời: từ %v đến %v.",
	"public.paused":      "Đợt khảo sát đang tạm dừng. Xin quay lại sau.",
	"public.group":       "Xin chọn ông/bà trả lời với tư cách nào.",
	"public.groupOut":    "Đợt khảo sát này không lấy ý kiến của nhóm “%v”. Xin chọn một nhóm có trên phiếu.",
	"public.consent":     "Xin đánh dấu đồng ý trước khi gửi. Nếu không đồng ý, ông/bà chỉ cần đóng trang này.",
	"public.blank":       "Phiếu chưa có câu trả lời nào. Xin trả lời ít nhất một câu.",
	"public.answers":     "Phiếu trả lời có chỗ chưa đúng. Xin xem lại các chỗ được nêu.",
	"public.twice":       "Trường này được gửi nhiều lần. Chỉ gửi một lần.",
	"public.key":         "Khóa chống gửi trùng (Idempotency-Key) dài quá %v ký tự. Dùng khóa ngắn hơn.",
	"public.json":        "Nội dung không phải JSON đúng chuẩn (lỗi ở byte thứ %v). Kiểm tra dấu ngoặc, dấu phẩy và dấu nháy.",
	"public.jsonObject":  "Nội dung phải là một đối tượng JSON.",
	"public.contentType": "Xin gửi nội dung dạng application/json.",
	"public.fieldText":   "Trường này phải là chuỗi.",
	"public.fieldObject": "Trường này phải là một đối tượng: mã câu hỏi và câu trả lời.",
	"public.fieldTime":   "Trường này phải là thời điểm dạng 2026-03-15T08:30:00+07:00.",
	"public.fieldNeeded": "Thiếu trường này.",
	"public.field":       "Không có trường “%v”. Các trường được nhận: group, answers, token, started_at.",
	"public.token":       "Đợt khảo sát này không dùng mã mời. Bỏ trường này.",
	"group.resident":     "Người dân",
	"group.business":     "Doanh nghiệp, hộ kinh doanh",
	"group.organisation": "Tổ chức, cơ quan, đoàn thể",
	"group.official":     "Cán bộ, công chức, viên chức",
}
