package vi

// xlsxMessages are the sentences of xlsx.
var xlsxMessages = map[string]string{}
