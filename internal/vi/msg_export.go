package vi

// exportMessages are the sentences of exports, retention and published receipts.
var exportMessages = map[string]string{}
