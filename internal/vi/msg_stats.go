package vi

// statsMessages are the sentences of statistics and the feedback desk.
var statsMessages = map[string]string{}
