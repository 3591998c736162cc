package vi

// intakeMessages are the sentences of tokens, limits, challenges and batches.
var intakeMessages = map[string]string{}
