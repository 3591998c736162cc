package vi

// paperMessages are the sentences of paper forms.
var paperMessages = map[string]string{}
