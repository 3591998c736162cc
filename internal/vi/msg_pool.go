package vi

// poolMessages are the sentences of counts, flags and exclusions.
var poolMessages = map[string]string{}
