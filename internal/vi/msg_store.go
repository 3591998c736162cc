package vi

// storeMessages are the sentences of store.
var storeMessages = map[string]string{}
