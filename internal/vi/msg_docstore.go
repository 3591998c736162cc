package vi

// docstoreMessages are the sentences of docstore.
var docstoreMessages = map[string]string{}
