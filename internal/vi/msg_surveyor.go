package vi

// surveyorMessages are the sentences of interviews, most of them for the
// scripts of the page that works without a network.
var surveyorMessages = map[string]string{
	"word.interview":    "Phỏng vấn",
	"surveyor.title":    "Phỏng vấn",
	"surveyor.paper":    "Phiếu giấy",
	"surveyor.appName":  "Phỏng vấn khảo sát chính quyền thân thiện",
	"surveyor.appAbout": "Phỏng vấn người dân tại nhà, kể cả khi không có mạng. Phiếu được giữ trên máy và tự gửi khi có mạng.",

	// What stands at the top of every screen.
	"surveyor.unsent":  "Chưa gửi: %v",
	"surveyor.review":  "Cần xem lại: %v",
	"surveyor.allSent": "Không còn phiếu nào chờ gửi.",
	"surveyor.offline": "Máy đang không có mạng. Phiếu được giữ trên máy này và tự gửi khi có mạng.",
	"surveyor.sending": "Đang gửi phiếu…",
	"surveyor.waiting": "Chưa gửi được. Phiếu vẫn ở trên máy này; máy sẽ tự gửi lại.",
	"surveyor.ready":   "Có mạng.",
	"surveyor.signIn":  "Phiên đăng nhập đã hết. Xin đăng nhập lại; phiếu vẫn còn trên máy.",
	"surveyor.refused": "Máy chủ không nhận: %v Phiếu vẫn còn trên máy.",
	"surveyor.failed":  "Có lỗi khi làm việc này: %v. Phiếu vẫn còn trên máy. Xin tải lại trang.",

	"surveyor.lastSync":      "Liên lạc với máy chủ lần cuối: %v",
	"surveyor.neverSynced":   "Chưa liên lạc với máy chủ lần nào.",
	"surveyor.sentCount":     "Đã gửi từ máy này: %v phiếu",
	"surveyor.account":       "Tài khoản: %v",
	"surveyor.noAccount":     "Máy này chưa đăng nhập lần nào. Xin đăng nhập một lần khi có mạng để tải đợt khảo sát về.",
	"surveyor.downloaded":    "Đã tải %v đợt khảo sát về máy. Bây giờ có thể phỏng vấn khi không có mạng.",
	"surveyor.notDownloaded": "Chưa tải được đợt “%v”: %v",

	// Choosing what to ask whom.
	"surveyor.closes":    "Đóng lúc %v",
	"surveyor.closed":    "Đợt khảo sát đã đóng lúc %v, không bắt đầu thêm phiếu được.",
	"surveyor.unitCount": "%v đơn vị",
	"surveyor.found":     "Tìm thấy %v trong %v đơn vị.",
	"surveyor.draft":     "%v, bắt đầu lúc %v",
	"surveyor.missing":   "Không tìm thấy nội dung này trên máy. Có thể đã gửi hoặc đã xóa.",

	// One interview.
	"surveyor.part":           "Phần %v trên %v",
	"surveyor.start":          "Bắt đầu hỏi",
	"surveyor.next":           "Tiếp tục",
	"surveyor.finish":         "Lưu phiếu",
	"surveyor.consent":        "Chỉ đánh dấu khi người trả lời đã nghe và đồng ý. Nếu họ không đồng ý, xin bỏ phiếu này.",
	"surveyor.date":           "Ngày chưa đúng. Xin nhập đủ ngày, tháng, năm.",
	"surveyor.needed":         "(bắt buộc)",
	"surveyor.several":        "(chọn một hoặc nhiều ý)",
	"surveyor.other":          "Khác (xin ghi rõ)",
	"surveyor.otherText":      "Ghi rõ ý khác",
	"surveyor.section":        "Câu hỏi",
	"surveyor.saved":          "Đã lưu phiếu trên máy này lúc %v.",
	"surveyor.savedAt":        "Đã lưu trên máy lúc %v",
	"surveyor.savedElsewhere": "Phiếu này đã được lưu hoặc đã xóa ở một cửa sổ khác.",
	"surveyor.saveFailed":     "Không lưu được vào máy (%v). Xin đừng đóng trang; giải phóng bộ nhớ của máy rồi bấm lại.",
	"surveyor.noStore":        "Trình duyệt này không cho lưu dữ liệu trên máy (có thể đang ở chế độ ẩn danh), nên không phỏng vấn ngoại tuyến được. Xin mở bằng cửa sổ thường.",

	// The queue.
	"surveyor.item":       "%v, xong lúc %v",
	"surveyor.itemOwner":  "của tài khoản %v",
	"surveyor.foreign":    "Có %v phiếu do tài khoản %v phỏng vấn, chưa gửi. Phiếu chờ người đó đăng nhập lại trên máy này.",
	"surveyor.adopt":      "Gửi bằng tài khoản đang đăng nhập",
	"surveyor.adoptAsk":   "Gửi %v phiếu của tài khoản %v bằng tài khoản %v? Câu trả lời không kèm tên người phỏng vấn.",
	"surveyor.discardAsk": "Bỏ phiếu đang làm dở của %v? Các câu trả lời đã nhập sẽ mất hẳn.",
	"surveyor.deleteAsk":  "Xóa phiếu của %v, xong lúc %v? Phiếu này chưa gửi; xóa rồi không lấy lại được và không được tính vào kết quả.",
	"surveyor.wipeAsk":    "Xóa mọi thứ trên máy này? %v phiếu chưa gửi và %v phiếu làm dở sẽ mất hẳn, không lấy lại được.",
	"surveyor.wiped":      "Đã xóa mọi thứ trên máy này. Nếu máy không còn dùng nữa, xin đăng xuất.",
	"surveyor.delete":     "Xóa phiếu này",
	"surveyor.yesDelete":  "Xóa hẳn",
	"surveyor.resend":     "Gửi lại",
	"surveyor.respondent": "Người trả lời",
	"surveyor.noAnswer":   "Không trả lời",

	// The device.
	"surveyor.persisted":    "Trình duyệt cam kết giữ dữ liệu trên máy này.",
	"surveyor.notPersisted": "Trình duyệt có thể tự xóa dữ liệu khi máy gần hết bộ nhớ. Xin cài trang này lên màn hình chính và gửi phiếu ngay khi có mạng.",
	"surveyor.usage":        "Đang dùng %v MB trên máy.",
	"surveyor.almostFull":   "Bộ nhớ dành cho trang này sắp hết. Xin gửi phiếu ngay khi có mạng và xóa bớt dữ liệu khác trên máy.",
}
