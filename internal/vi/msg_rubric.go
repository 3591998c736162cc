package vi

// rubricMessages are the sentences of rubric.
var rubricMessages = map[string]string{}
