package vi

// accountMessages are the sentences of account.
var accountMessages = map[string]string{}
