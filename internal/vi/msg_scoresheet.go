package vi

// scoresheetMessages are the sentences and words of score forms in Excel, of
// their upload, and of the reports of scores and differences.
var scoresheetMessages = map[string]string{
	"scoresheet.formTitle":  "Phiếu chấm điểm",
	"scoresheet.round":      "vòng chấm %v",
	"scoresheet.formHint":   "Chỉ điền các ô nền vàng, rồi nộp lại tệp này trên phần mềm.",
	"scoresheet.colNo":      "TT",
	"scoresheet.colContent": "Nội dung tiêu chí",
	"scoresheet.colMax":     "Điểm tối đa",
	"scoresheet.colHow":     "Cách điền",
	"scoresheet.colValue":   "Giá trị (tử số)",
	"scoresheet.colSecond":  "Mẫu số",
	"scoresheet.colNA":      "Không áp dụng",
	"scoresheet.colNote":    "Ghi chú",
	"scoresheet.conditions": "Điều kiện bắt buộc",
	"scoresheet.notesTitle": "Cách dùng phiếu chấm",
	"scoresheet.notes": "1. Mỗi đơn vị có một trang tính. Chỉ điền các ô nền vàng; các ô khác đã khóa.\n" +
		"2. Số thập phân viết như máy của ông/bà vẫn viết (4,5 hoặc 4.5). Gõ thẳng giá trị, không gõ công thức.\n" +
		"3. Tiêu chí không áp dụng: chọn x ở cột “Không áp dụng” và để trống ô giá trị. Ghi lý do ở cột “Ghi chú”.\n" +
		"4. Xóa trống một ô đã có giá trị nghĩa là bỏ giá trị đó.\n" +
		"5. Không xóa hàng, không gộp ô, không đổi cột. Có thể đổi độ rộng cột và in ra.\n" +
		"6. Nộp lại: mở phần mềm, chọn “Nộp phiếu chấm Excel”, chọn tệp này. Phần mềm kiểm tra cả tệp và cho xem trước từng ô thay đổi; ông/bà đồng ý thì mới ghi.\n" +
		"7. Ô nào đã có người sửa trên phần mềm sau khi tải phiếu thì phần mềm báo và không ghi đè.",

	"scoresheet.howPoints":    "Điểm từ 0 đến %v",
	"scoresheet.howStep":      "Điểm từ 0 đến %v, bội số của %v",
	"scoresheet.howLevels":    "Chọn một mức: %v",
	"scoresheet.howRatio":     "Tử số và mẫu số",
	"scoresheet.howExternal":  "Số liệu của %v, từ 0 đến %v",
	"scoresheet.howCount":     "Số trường hợp (mỗi trường hợp %v điểm)",
	"scoresheet.howSurvey":    "Lấy từ phiếu khảo sát %v, không phải điền",
	"scoresheet.howFormula":   "Điền các số ở những hàng dưới",
	"scoresheet.howNumber":    "Một số",
	"scoresheet.howCondition": "Chọn Đạt hoặc Không đạt",
	"scoresheet.between":      "Nhập một số từ %v đến %v.",

	"scoresheet.uploadTitle": "Nộp phiếu chấm Excel",
	"scoresheet.na":          "không áp dụng",
	"scoresheet.nothing":     "Hiện ông/bà không có hồ sơ nào để chấm trong %v, nên không có phiếu chấm để tải.",
	"scoresheet.otherUnit":   "Phiếu này là của đơn vị %v, kỳ %v. Nộp ở đúng hồ sơ đó, hoặc nộp ở trang chung của các hồ sơ được giao.",
	"scoresheet.otherMember": "Phiếu này tải về cho người khác. Mỗi thành viên chỉ nộp phiếu của mình.",
	"scoresheet.otherSet":    "Phiếu này theo bộ tiêu chí khác với %v. Tải phiếu mới và điền lại.",
	"scoresheet.otherRound":  "%v: phiếu này không phải của cấp chấm hoặc vòng chấm hiện nay. Tải phiếu mới và điền lại.",
	"scoresheet.stale":       "%v ô đã đổi trên phần mềm sau khi tải phiếu, nên chưa ghi gì.",
	"scoresheet.raced":       "%v vừa có người sửa đúng lúc ghi. Đã ghi %v hồ sơ trước đó; còn %v hồ sơ chưa ghi. Tải phiếu mới cho các hồ sơ còn lại.",
	"scoresheet.cleared":     "đã xóa trống",
	"scoresheet.invalid":     "Tệp có %v chỗ cần sửa nên chưa ghi gì.",
	"scoresheet.noStamp":     "Tệp này không phải phiếu chấm do phần mềm xuất ra. Tải phiếu chấm về, điền vào đó rồi nộp lại.",
	"scoresheet.stampEdited": "Dấu phiên bản trong tệp đã bị sửa hoặc tệp của hệ thống khác, nên không dùng được. Tải phiếu chấm mới về và điền lại.",
	"scoresheet.layout":      "Cột của trang này không còn như khi tải về. Tải phiếu mới và điền lại.",
	"scoresheet.extraSheet":  "Trang “%v” không thuộc phiếu chấm nên được bỏ qua.",
	"scoresheet.noSheet":     "Trang “%v” không còn trong tệp; điểm của đơn vị đó giữ nguyên.",
	"scoresheet.sheetTwice":  "Trang này là bản sao của trang “%v”. Chỉ giữ một trang cho mỗi đơn vị.",
	"scoresheet.strayRow":    "Hàng này không thuộc tiêu chí nào. Chuyển nội dung về đúng hàng rồi xóa hàng này.",
	"scoresheet.rowTwice":    "Tiêu chí %v có hai hàng; hàng kia là hàng %v. Xóa một hàng.",
	"scoresheet.noRow":       "Thiếu hàng của tiêu chí %v. Đừng xóa hàng; tải phiếu mới nếu cần.",
	"scoresheet.merged":      "Ô này bị gộp với ô khác. Bỏ gộp ô rồi điền lại.",
	"scoresheet.formula":     "Ô này có công thức. Gõ thẳng giá trị vào ô.",
	"scoresheet.date":        "Excel đã đổi giá trị này thành ngày. Gõ lại thành số, ví dụ 4,5.",
	"scoresheet.thousands":   "%v đọc được theo hai cách. Viết %v nếu là số nguyên, %v nếu là số thập phân.",
	"scoresheet.wantNumber":  "“%v” không phải là số.",
	"scoresheet.surveyCell":  "Tiêu chí %v lấy điểm từ khảo sát. Để trống ô này.",
	"scoresheet.level":       "“%v” không có trong các mức: %v.",
	"scoresheet.tick":        "“%v”: cột “Không áp dụng” chỉ nhận chữ x hoặc để trống.",
}
