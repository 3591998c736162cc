package xlsx

import (
	"bytes"
	"io"
	"testing"
	"time"

	"thanthien/internal/survey"
)

// The workbooks of a campaign, cell by cell; what looks like a formula is text.
func TestPlanBooks(t *testing.T) {
	made := time.Date(2026, 11, 10, 3, 0, 0, 0, time.UTC)
	four, n, index := 4, 286, "83.94"
	for name, write := range map[string]func(io.Writer) error{
		"populations.txt": func(w io.Writer) error {
			return WritePopulations(w, PopulationBook{Campaign: "ks-2026", Title: "Khảo sát", Version: 3, Groups: []string{"Người dân"}, Rows: []PopulationRow{{"07210", "=1+1 Xã A", "Người dân", &n}, {"07211", "Xã B", "Người dân", nil}}})
		},
		"campaign.txt": func(w io.Writer) error {
			rows := []CampaignRow{
				{Code: "07210", Unit: "Xã A", N: 120, Groups: []CampaignGroup{{120, &n}}, Index: &index, Missing: &four, Flagged: 3, Excluded: 1, Channels: map[survey.Channel]int64{survey.Web: 100, survey.Paper: 20}},
				{Code: "07211", Unit: "Xã B", N: survey.Hidden, Groups: []CampaignGroup{{survey.Hidden, nil}}, Channels: map[survey.Channel]int64{}},
			}
			return Campaign(w, CampaignBook{Title: "Khảo sát", Form: "Phiếu (pks07@1)", Error: "5 %", Made: made, Groups: []string{"Người dân"}, Planned: true, Team: true, Rows: rows, Total: &rows[0]})
		},
		"invites.txt": func(w io.Writer) error {
			return Invites(w, InviteBook{Title: "Khảo sát", Closes: "10:00 30/11/2026", Made: made, Rows: []InviteRow{{"07210-R-3F2A-1", "07210", "=HYPERLINK(1)", "Người dân", "ABCD-EFGH-JKMNP", "https://x.vn/k/a/07210?t=ABCDEFGHJKMNP"}}})
		},
		"recheck.txt": func(w io.Writer) error {
			return Recheck(w, RecheckBook{Title: "Khảo sát", Seed: "@abc", How: "5 thư mời mỗi đơn vị", Number: 1, Made: made, Rows: []RecheckRow{{"Xã A", "Người dân", "07210-R-3F2A-1", "0123", "Không gặp"}}, Sums: []RecheckSum{{Unit: "Xã A", Pool: 9, Drawn: 1, Counts: []int{0, 0, 1}}}})
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, dump(t, b.Bytes()))
	}
	var b bytes.Buffer
	if err := WritePopulations(&b, PopulationBook{Campaign: "ks-2026", Title: "x", Version: 7}); err != nil {
		t.Fatal(err)
	}
	if campaign, version, ok := PopulationStamp(b.Bytes()); campaign != "ks-2026" || version != 7 || !ok {
		t.Errorf("stamp %q %d %v", campaign, version, ok)
	}
}
