package vi

// dossierMessages are the sentences of periods and dossiers.
var dossierMessages = map[string]string{
	"dossier.id":       "Mã chỉ gồm chữ thường không dấu, số, gạch ngang, gạch dưới; tối đa 40 ký tự. Ví dụ: 2026.",
	"dossier.title":    "Tên phải có từ 1 đến %v ký tự.",
	"dossier.half":     "Chọn cả năm, 6 tháng đầu năm hoặc 6 tháng cuối năm.",
	"dossier.year":     "Năm phải từ 2000 đến 2200.",
	"dossier.date":     "Ngày không đúng. Viết dạng 31/12/2026.",
	"dossier.stages":   "Phải có cấp tự chấm (self) đứng đầu và từ một đến nhiều cấp thẩm định, tối đa %v cấp.",
	"dossier.stage":    "Cấp chấm %q không đúng: mã phải là chữ thường không dấu, không trùng, và phải có tên.",
	"dossier.note":     "Ghi chú dài quá %v ký tự. Rút ngắn lại hoặc đưa vào tài liệu minh chứng.",
	"dossier.notOpen":  "%v chưa mở nên chưa nhập điểm được. Người quản lý kỳ đánh giá mở kỳ trước.",
	"dossier.draftSet": "Bộ tiêu chí %v còn là bản nháp. Ban hành rồi mới mở kỳ đánh giá.",
	"dossier.percent":  "Chỉ tiêu phải là một số từ 0 đến 100.",
	"dossier.invalid":  "Kỳ đánh giá hoặc điểm chưa đúng. Sửa các mục dưới đây rồi làm lại.",
	"dossier.notIn":    "Đơn vị %v không thuộc %v.",
	"result.stage":     "Kỳ đánh giá không có cấp chấm %v.",
	"dossier.locked":   "%v đã khóa nên không sửa điểm được nữa. Nếu cần sửa, đề nghị người quản lý mở lại kỳ đánh giá.",
}
