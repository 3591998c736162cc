package vi

// scoreMessages are the sentences of score.
var scoreMessages = map[string]string{}
