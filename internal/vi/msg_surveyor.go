package vi

// surveyorMessages are the sentences of interviews.
var surveyorMessages = map[string]string{}
