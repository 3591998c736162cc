package view

// Home is the first page for everybody.
type Home struct {
	Page
	Open      bool   // some campaign is open
	Query     string // what was searched for
	Found     int    // communes found, over all pages
	Campaigns []OpenCampaign
	Pager     HomePager
}

// OpenCampaign is a campaign that takes answers, with the communes found.
type OpenCampaign struct {
	Title  string
	Closes string
	Units  []Link
}

// HomePager leads to the other pages of a list. Number and Pages count from 1;
// Before and After are URLs, empty at the ends.
type HomePager struct {
	Number, Pages int
	Before, After string
}

// ReceiptCheck is the page that looks a receipt up.
type ReceiptCheck struct {
	Page
	Typed          string
	Found          bool
	Campaign, Unit string
	Parts          []string
	Hash           string // what a published list has of it
	List           string // that list, with the place of the hash; "" until the campaign is closed
	Lists          []Link // every published list
}

// Privacy is the page on what is kept and what is not.
type Privacy struct {
	Page
	Lists      []Link // the published lists of receipts
	DeviceDays int    // how long the cookie of a device that answered is kept
}
