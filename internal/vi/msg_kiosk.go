package vi

// kioskMessages are the sentences of the kiosk.
var kioskMessages = map[string]string{}
