package vi

// scoreMessages are the sentences of score. Messages about a mark take the
// criterion's code first.
var scoreMessages = map[string]string{
	"score.invalid":       "Tệp điểm %v có %v lỗi, chưa tính điểm. Sửa các lỗi dưới đây rồi thử lại.",
	"score.surveyInvalid": "Tệp kết quả khảo sát %v có lỗi, chưa tính điểm. Sửa các lỗi dưới đây rồi thử lại.",
	"score.failed":        "Có %v tiêu chí không tính được điểm. Sửa các lỗi dưới đây rồi thử lại.",
	"score.fileLarge":     "Tệp %v lớn hơn giới hạn %v MB. Chia nhỏ tệp rồi thử lại.",
	"score.more":          "Còn %v lỗi nữa không liệt kê hết. Sửa các lỗi trên trước.",

	"score.json":         "JSON sai cú pháp hoặc sai kiểu dữ liệu: %v. Kiểm tra dấu ngoặc, dấu phẩy và dấu nháy gần dòng này.",
	"score.trailing":     "Sau phần JSON còn nội dung thừa. Mỗi tệp chỉ chứa một tài liệu JSON.",
	"score.wantObject":   "Tệp điểm phải là một đối tượng JSON dạng {\"units\": [...]}.",
	"score.wantList":     "units phải là một danh sách các đơn vị.",
	"score.wantUnit":     "Mỗi mục của units phải là một đối tượng có unit và marks.",
	"score.noUnits":      "Thiếu units. Tệp điểm phải có danh sách đơn vị.",
	"score.manyUnits":    "Tệp điểm có nhiều hơn %v đơn vị. Chia nhỏ tệp.",
	"score.otherSet":     "Tệp điểm thuộc bộ tiêu chí %q, không phải %v. Chọn đúng bộ tiêu chí.",
	"score.otherVersion": "Tệp điểm thuộc phiên bản %q, không phải phiên bản %v. Chọn đúng phiên bản.",
	"score.unknownField": "Không có trường %q ở đây. Các trường dùng được: %v.",
	"score.fieldTwice":   "Trường %q ghi hai lần. Giữ lại một.",

	"score.unitCode":         "Mã đơn vị %q thiếu hoặc không hợp lệ. Ghi mã đơn vị dạng chữ, ví dụ \"07210\".",
	"score.unitTwice":        "Đơn vị %v có hai lần. Giữ lại một.",
	"score.unknownUnit":      "Không có đơn vị %v trong tệp điểm. Kiểm tra mã đơn vị.",
	"score.unknownBand":      "Không có mức %v trong bộ tiêu chí %v. Dùng mã của một mức trong recognition.bands.",
	"score.wantMarks":        "marks của đơn vị %v phải là một đối tượng theo mã tiêu chí.",
	"score.wantMembers":      "members của đơn vị %v phải là danh sách phiếu của các thành viên, mỗi phiếu có marks và conditions.",
	"score.wantConditions":   "conditions của đơn vị %v phải là một đối tượng theo mã điều kiện.",
	"score.unknownCriterion": "Bộ tiêu chí không có tiêu chí chấm điểm %q (bộ %v). Sửa mã tiêu chí.",
	"score.criterionTwice":   "Tiêu chí %v được chấm hai lần cho cùng một đơn vị. Giữ lại một.",
	"score.unknownCondition": "Bộ tiêu chí không có điều kiện %q (bộ %v). Sửa mã điều kiện.",
	"score.conditionTwice":   "Điều kiện %v được trả lời hai lần cho cùng một đơn vị. Giữ lại một.",
	"score.conditionValue":   "Điều kiện %v phải là true (đạt) hoặc false (không đạt).",

	"marks.team": "Đơn vị %v có phiếu của nhiều thành viên (members). Nhập phiếu của từng người bằng --member.",

	"score.mark":         "Tiêu chí %v: giá trị %q không hợp lệ. Dùng số, chuỗi số thập phân, mã mức, hoặc na: true.",
	"score.naForbidden":  "Tiêu chí %v không được đánh dấu không áp dụng. Hãy chấm điểm tiêu chí này.",
	"score.naWithValue":  "Tiêu chí %v vừa đánh dấu không áp dụng vừa có giá trị. Chỉ giữ một trong hai.",
	"score.unknownInput": "Tiêu chí %v không dùng giá trị %q. Các giá trị dùng được: %v.",
	"score.noInputs":     "Tiêu chí %v được tính tự động, không nhập giá trị. Bỏ giá trị này.",
	"score.inputTwice":   "Tiêu chí %v có giá trị %q ghi hai lần. Giữ lại một.",
	"score.missingInput": "Tiêu chí %v thiếu giá trị %v. Bổ sung giá trị này.",
	"score.wantNumber":   "Tiêu chí %v: %v phải là số thập phân, không phải %q.",
	"score.range":        "Tiêu chí %v: giá trị %v phải nằm từ 0 đến %v.",
	"score.step":         "Tiêu chí %v: điểm %v phải là bội số của %v.",
	"score.level":        "Tiêu chí %v không có mức %q. Các mức: %v.",
	"score.negative":     "Tiêu chí %v: tử số %v không được âm.",
	"score.denominator":  "Tiêu chí %v: mẫu số %v phải lớn hơn 0. Nếu không phát sinh thì đánh dấu không áp dụng (nếu được phép).",
	"score.count":        "Tiêu chí %v: số lượng %v phải là số nguyên không âm.",

	"score.surveyUnknown": "Tiêu chí %v lấy một phần câu hỏi và một phần nhóm người trả lời của phiếu %v, nhưng tệp khảo sát không có số liệu chi tiết (exact). Dùng tệp do lệnh tally xuất ra.",
	"score.notTally":      "Tệp khảo sát phải là kết quả của lệnh tally (có form và units), hoặc danh sách các kết quả đó.",
	"score.formTwice":     "Phiếu %q có hai kết quả trong tệp khảo sát. Giữ lại một.",
	"score.surveyFigures": "Kết quả khảo sát của đơn vị %q có số lượng âm, chỉ số ngoài khoảng 0–100 hoặc mã không hợp lệ. Kiểm tra lại tệp.",
}
