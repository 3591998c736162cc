package vi

import (
	"strconv"
	"time"
)

// intakeMessages are the sentences of tokens, limits, challenges and batches.
var intakeMessages = map[string]string{
	"token.count":       "Mỗi đợt tạo từ 1 đến %v mã mời. Chia thành nhiều đợt nếu cần hơn.",
	"token.batch":       "Không có đợt mã mời “%v”.",
	"token.tooMany":     "Đã có quá nhiều mã mời sai được nhập từ địa chỉ mạng này. Xin thử lại sau %v phút.",
	"token.unfit":       "Mã mời này dành cho đơn vị, đợt khảo sát hoặc nhóm người trả lời khác.",
	"token.unknown":     "Mã mời không đúng hoặc không còn hiệu lực. Xin kiểm tra lại từng ký tự trên giấy mời.",
	"token.campaign":    "Mã mời này thuộc đợt khảo sát khác. Xin mở đúng đường dẫn trên giấy mời.",
	"token.unit":        "Mã mời này dành cho %v. Xin mở đúng đường dẫn trên giấy mời.",
	"token.group":       "Mã mời này dành cho nhóm “%v”. Xin chọn nhóm đó.",
	"token.api":         "Mã truy cập API không đúng, đã hết hạn hoặc đã bị thu hồi. Xin nhờ quản trị viên cấp mã mới.",
	"token.apiMissing":  "Không có mã truy cập API “%v”.",
	"token.days":        "Thời hạn của mã truy cập API là từ 1 đến %v ngày.",
	"token.invalid":     "Chưa tạo được mã truy cập API.",
	"public.tokenUsed":  "Mã mời này đã được dùng khoảng %v. Mỗi mã chỉ trả lời được một lần.",
	"public.inviteOnly": "Đợt khảo sát này chỉ lấy ý kiến của người được mời. Xin nhập mã in trên giấy mời, hoặc quét mã QR trên giấy đó.",
	"public.channelOut": "Đợt khảo sát này không nhận câu trả lời theo cách này. Các cách được nhận: %v.",
	"public.tooMany":    "Hiện có quá nhiều câu trả lời được gửi đến. Xin gửi lại sau %v phút; các câu đã trả lời vẫn còn trên trang.",
	"public.noScript":   "Trình duyệt không bật JavaScript thì không tự làm được bước này: xin gửi lại phiếu sau khoảng %v phút, khi đã vắng hơn.",
	"public.challenge":  "Hiện có nhiều câu trả lời được gửi đến cùng lúc nên cần thêm một bước kiểm tra tự động. Xin gửi lại phiếu; các câu đã trả lời vẫn còn nguyên.",
	"load.tokens":       "Tệp mã mời trống hoặc sai định dạng. Cần mỗi dòng một mã, hoặc tệp CSV có cột token (và unit, group).",
	"batch.shape":       "Nội dung phải là một đối tượng JSON có trường items là danh sách phiếu.",
	"batch.size":        "Mỗi lần gửi từ 1 đến %v phiếu. Chia thành nhiều lần gửi.",
	"batch.field":       "Không có trường “%v”. Các trường được nhận: key, unit, group, answers, started_at, finished_at, seconds.",
	"batch.item":        "Phiếu phải là một đối tượng JSON.",
	"batch.key":         "Phiếu cần một khóa riêng (key) từ 1 đến %v ký tự để gửi lại không bị trùng.",
	"batch.unit":        "Đợt khảo sát này không có đơn vị mã “%v”.",
	"batch.seconds":     "Trường này phải là số giây, từ 0 đến %v.",
	"batch.late":        "Đợt khảo sát đã đóng lúc %v. Chỉ nhận thêm phiếu đã phỏng vấn trước lúc đóng, gửi trong %v ngày sau đó.",
	"batch.later":       "Phiếu chưa lưu được do lỗi của hệ thống. Xin gửi lại phiếu này với khóa cũ.",
	"channel.web":       "đường dẫn mở",
	"channel.token":     "giấy mời có mã",
	"channel.kiosk":     "máy tại cơ quan",
	"channel.surveyor":  "điều tra viên",
	"channel.paper":     "phiếu giấy",
	"channel.api":       "phần mềm (API)",
}

// Hour says an hour in words, as "14 giờ ngày 12/11/2026".
func Hour(t time.Time) string {
	t = t.In(Zone)
	return strconv.Itoa(t.Hour()) + " giờ ngày " + t.Format("02/01/2006")
}
