package vi

// builderMessages are the sentences of building forms.
var builderMessages = map[string]string{}
