package vi

// surveyMessages are the sentences of survey.
var surveyMessages = map[string]string{}
