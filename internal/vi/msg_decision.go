package vi

// decisionMessages are the lock of a period, its sign-off, the decisions and
// the documents.
var decisionMessages = map[string]string{
	"store.freeze": "Không có dữ liệu đã khóa của kỳ (%v).",
	"lock.notOpen": "%v không ở trạng thái khóa được.",
}
