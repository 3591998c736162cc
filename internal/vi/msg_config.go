package vi

// configMessages are the sentences of config.
var configMessages = map[string]string{}
