package vi

// rubricMessages are the sentences of rubric.
var rubricMessages = map[string]string{
	"rubric.formulaLong":      "Công thức dài quá %v ký tự. Rút gọn công thức.",
	"rubric.formulaSyntax":    "Công thức viết sai cú pháp: %v. Kiểm tra dấu ngoặc và các phép tính.",
	"rubric.formulaResult":    "Công thức phải cho ra một con số, không phải đúng/sai. Dùng dạng: điều kiện ? số : số.",
	"rubric.formulaParts":     "Công thức có quá %v thành phần. Rút gọn công thức.",
	"rubric.formulaChain":     "Công thức nối nhiều phép so sánh liền nhau (a < b < c). Viết thành a < b and b < c.",
	"rubric.formulaFunction":  "Công thức dùng hàm %v không được phép. Các hàm dùng được: abs, ceil, float, floor, int, max, mean, min, round, sum.",
	"rubric.formulaPart":      "Công thức có phần không được phép: %v. Chỉ dùng số, tên đầu vào, max, các phép tính và phép so sánh.",
	"rubric.formulaNumber":    "Số %v trong công thức không đọc được hoặc quá dài. Viết số thập phân với dấu chấm.",
	"rubric.formulaName":      "Công thức dùng tên %v chưa khai báo. Thêm tên đó vào inputs hoặc sửa công thức.",
	"rubric.formulaNotNumber": "Phần %v của công thức phải là số nhưng lại là đúng/sai.",
	"rubric.formulaNotTruth":  "Phần %v của công thức phải là điều kiện đúng/sai nhưng lại là số.",
	"rubric.formulaTwice":     "Tên %v trong công thức được đặt hai lần. Chọn tên khác cho let.",
	"rubric.formulaArgs":      "Hàm %v trong công thức có số lượng tham số không đúng.",
	"rubric.formulaBig":       "Kết quả trung gian của công thức quá lớn. Kiểm tra các phép nhân và lũy thừa.",
	"rubric.formulaZero":      "Công thức có phép chia cho 0. Kiểm tra mẫu số, hoặc dùng dạng: mẫu == 0 ? 0 : tử / mẫu.",
	"rubric.formulaMod":       "Phép chia lấy dư (%) trong công thức chỉ dùng cho số nguyên.",
	"rubric.formulaPower":     "Số mũ trong công thức phải là số nguyên từ -%[1]v đến %[1]v.",
}
