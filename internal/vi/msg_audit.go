package vi

// auditMessages are the sentences of the audit trail and its check.
var auditMessages = map[string]string{
	"audit.damaged": "Nhật ký hệ thống không còn nguyên vẹn: %v chỗ sai, liệt kê ở trên. Hãy giữ nguyên cơ sở dữ liệu, đối chiếu với bản sao lưu và báo người phụ trách an toàn thông tin.",
}
