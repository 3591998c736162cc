package vi

// dossierMessages are the sentences of dossier.
var dossierMessages = map[string]string{}
