package vi

// planMessages are the sentences of running a campaign: plan, posters, invitations.
var planMessages = map[string]string{}
