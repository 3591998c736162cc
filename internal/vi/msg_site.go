package vi

// siteMessages are the sentences of site.
var siteMessages = map[string]string{}
