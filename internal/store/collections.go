package store

import "thanthien/internal/docstore"

// The collections, declared once. Nothing can be asked that is not indexed
// here.
var (
	settings  = &docstore.Collection{Name: "settings"}
	units     = &docstore.Collection{Name: "units"}
	users     = &docstore.Collection{Name: "users", Indexes: []*docstore.Index{usersByUnit}}
	sessions  = &docstore.Collection{Name: "sessions", Indexes: []*docstore.Index{sessionsByLogin, sessionsByEnd}}
	limits    = &docstore.Collection{Name: "limits", Indexes: []*docstore.Index{limitsByEnd}}
	sets      = &docstore.Collection{Name: "criteria"}
	forms     = &docstore.Collection{Name: "forms"}
	languages = &docstore.Collection{Name: "languages", Indexes: []*docstore.Index{languagesByForm}}
	// kiosks has one document for each unit of a campaign with a PIN; shifts are
	// by the hash of the kiosk's cookie.
	kiosks    = &docstore.Collection{Name: "kiosks", Indexes: []*docstore.Index{kiosksByCampaign}}
	shifts    = &docstore.Collection{Name: "shifts", Indexes: []*docstore.Index{shiftsByPlace, shiftsByEnd}}
	periods   = &docstore.Collection{Name: "periods", Indexes: []*docstore.Index{periodsByOutbox}}
	campaigns = &docstore.Collection{Name: "campaigns", Indexes: []*docstore.Index{campaignsByPeriod, campaignSlot, campaignsByOutbox}}
	dossiers  = &docstore.Collection{Name: "dossiers", Indexes: []*docstore.Index{dossiersByPeriod, dossiersByOutbox}}
	responses = &docstore.Collection{Name: "responses", Append: true, Indexes: []*docstore.Index{responseKey, responseTail}}
	// exclusions are by response id; erasures by campaign.
	exclusions = &docstore.Collection{Name: "exclusions", Indexes: []*docstore.Index{exclusionsByCampaign, exclusionsByOutbox}}
	erasures   = &docstore.Collection{Name: "erasures"}
	tallies    = &docstore.Collection{Name: "tallies", Indexes: []*docstore.Index{talliesByCampaign}}
	// populations has one document for each campaign that has a sample plan.
	populations = &docstore.Collection{Name: "populations"}
	// freezes are what locked periods keep, frozenParts their survey results.
	freezes     = &docstore.Collection{Name: "freezes"}
	frozenParts = &docstore.Collection{Name: "freeze_parts"}
	rechecks    = &docstore.Collection{Name: "rechecks", Indexes: []*docstore.Index{rechecksByCampaign}}
	exports     = &docstore.Collection{Name: "exports", Indexes: []*docstore.Index{exportsByTime}}
	exportJobs  = &docstore.Collection{Name: "exportjobs", Indexes: []*docstore.Index{exportJobsByEnd}}
	published   = &docstore.Collection{Name: "published"}
	events      = &docstore.Collection{Name: "audit", Indexes: []*docstore.Index{eventsByTime, eventsByThing, eventLink, eventsByBlock}}
	// blocks seal the events; their ids are their numbers.
	blocks = &docstore.Collection{Name: "audit_blocks", Indexes: []*docstore.Index{blocksByTime}}

	// A paper form waits in papers until two people agree on it, the rows of an
	// import in importRows until they are written.
	paperBatches = &docstore.Collection{Name: "paper_batches", Indexes: []*docstore.Index{batchesByCampaign}}
	papers       = &docstore.Collection{Name: "papers", Indexes: []*docstore.Index{papersByState, papersBySerial, paperByKey, papersReady}}
	imports      = &docstore.Collection{Name: "imports", Indexes: []*docstore.Index{importsByCampaign, importsByState}}
	importRows   = &docstore.Collection{Name: "import_rows"}

	batchesByCampaign = docstore.On("campaign")
	papersByState     = docstore.On("batch", "state")
	papersBySerial    = docstore.On("batch", "serial")
	paperByKey        = docstore.UniqueSparse("k")
	papersReady       = docstore.On("state") // of any batch, for FinishPapers
	importsByCampaign = docstore.On("campaign")
	importsByState    = docstore.On("state")

	// tokenBatches are the batches in which one-use tokens were made;
	// tokensByClaim finds the tokens that a crash left half used.
	tokens                 = &docstore.Collection{Name: "tokens", Indexes: []*docstore.Index{tokensByBatch, tokensByClaim}}
	tokenBatches           = &docstore.Collection{Name: "token_batches", Indexes: []*docstore.Index{tokenBatchesByCampaign}}
	apiTokens              = &docstore.Collection{Name: "api_tokens"}
	tokensByBatch          = docstore.On("batch")
	tokensByClaim          = &docstore.Index{Name: "claimed", Fields: []string{"claimed"}, Sparse: true}
	tokenBatchesByCampaign = docstore.On("campaign")

	languagesByForm   = docstore.On("form", "tag")
	kiosksByCampaign  = docstore.On("campaign")
	shiftsByPlace     = docstore.On("campaign", "unit", "started")
	shiftsByEnd       = docstore.On("until")
	usersByUnit       = docstore.On("unit")
	sessionsByLogin   = docstore.On("login")
	sessionsByEnd     = docstore.On("ends")
	limitsByEnd       = docstore.On("until")
	campaignsByPeriod = docstore.On("period")
	campaignSlot      = docstore.UniqueSparse("slot")
	dossiersByPeriod  = docstore.Unique("period", "unit")
	// These find the documents whose events await relaying.
	dossiersByOutbox   = docstore.On("pending")
	periodsByOutbox    = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}
	campaignsByOutbox  = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}
	exclusionsByOutbox = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}
	// responseKey makes a repeated submission find itself; it starts with the
	// shard key {campaign, unit}.
	responseKey          = docstore.Unique("c", "u", "k")
	responseTail         = docstore.TailOf("c")
	exclusionsByCampaign = docstore.On("c")
	// talliesByCampaign finds the snapshots of a campaign.
	talliesByCampaign = docstore.On("campaign")
	// rechecksByCampaign lists the draws of a campaign.
	rechecksByCampaign = docstore.On("campaign")
	exportsByTime      = docstore.On("at")
	exportJobsByEnd    = docstore.On("until") // files that are due to be removed
	eventsByTime       = docstore.On("at")
	eventsByThing      = docstore.On("thing", "seq")
	eventLink          = docstore.UniqueSparse("link") // one event in each place of a chain
	eventsByBlock      = docstore.On("block", "place")
	blocksByTime       = docstore.On("at")
)

// Collections lists every collection, for the engines to prepare.
func Collections() []*docstore.Collection {
	return []*docstore.Collection{settings, units, users, sessions, limits, sets, forms, languages, kiosks, shifts, periods, campaigns, dossiers, responses, exclusions, erasures, tallies, populations, rechecks, tokens, tokenBatches, apiTokens, events, blocks, exports, exportJobs, published, paperBatches, papers, imports, importRows, feedback, notices, jobs, comments, folders, evidenceUses, freezes, frozenParts}
}
