package vi

// unitMessages are the sentences of unit.
var unitMessages = map[string]string{}
