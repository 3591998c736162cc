package unit

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
)

const own = "\uFEFFcode,name,level,parent\n90,Tỉnh Minh Họa,province,\n90001,Phường Bến Đá,commune,90\n90002,Xã Đồng Mỏ,commune,90\n"

func TestParseCSV(t *testing.T) {
	want := []Unit{
		{Code: "90", Name: "Tỉnh Minh Họa", Level: Province},
		{Code: "90001", Name: "Phường Bến Đá", Level: Commune, Parent: "90"},
		{Code: "90002", Name: "Xã Đồng Mỏ", Level: Commune, Parent: "90"},
	}
	dated := []Unit{
		{Code: "90", Name: "Tỉnh Minh Họa", Level: Province},
		{Code: "a", Name: "Xã A", Level: Commune, Parent: "90", ValidTo: "2026-06-30"},
		{Code: "b", Name: "Xã B", Level: Commune, Parent: "90", ValidFrom: "2026-07-01", Predecessors: []string{"a", "90"}},
	}
	for name, c := range map[string]struct {
		text string
		want []Unit
	}{
		"own":            {own, want},
		"semicolon":      {strings.ReplaceAll(own, ",", ";"), want},
		"tab":            {strings.ReplaceAll(own, ",", "\t"), want},
		"decomposed":     {norm.NFD.String(own), want},
		"windows lines":  {strings.ReplaceAll(own, "\n", "\r\n"), want},
		"spaces":         {strings.ReplaceAll(own, ",", " ,\u00a0 "), want},
		"title above":    {"DANH SÁCH ĐƠN VỊ,,,\n,,,\n" + own, want},
		"any order":      {"Cấp,TÊN,mã cấp trên,MÃ,ghi chú\nTỉnh,Tỉnh Minh Họa,,90,\nPhường,Phường Bến Đá,90,90001,x\nxã,Xã Đồng Mỏ,90,90002,\n", want},
		"statistics":     {"STT,Mã,Tên,Tên Tiếng Anh,Cấp,Mã TP,Tỉnh / Thành Phố\n1,90001,Phường Bến Đá,,Phường,90,Tỉnh Minh Họa\n2,90002,Xã Đồng Mỏ,,Xã,90,Tỉnh Minh Họa\n", want},
		"provinces list": {"Mã,Tên,Cấp\n90,Tỉnh Minh Họa,Tỉnh\n", want[:1]},
		"dates": {"code,name,level,parent,valid_from,valid_to,predecessors\n90,Tỉnh Minh Họa,province,,,,\na,Xã A,commune,90,,30/06/2026,\n" +
			"b,Xã B,commune,90,46204,,a;90\n", dated},
	} {
		got, err := ParseCSV([]byte(c.text), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
}

func TestParseUTF16(t *testing.T) {
	wide := []byte{0xFF, 0xFE}
	for _, r := range strings.TrimPrefix(own, "\uFEFF") {
		wide = append(wide, byte(r), byte(r>>8))
	}
	got, err := ParseCSV(wide, nil)
	if err != nil || len(got) != 3 || got[2].Name != "Xã Đồng Mỏ" {
		t.Errorf("got %v, %v", got, err)
	}
}

// The statistics office's full list before July 2025: two columns a level.
func TestParseDistrictLayout(t *testing.T) {
	text := "Tỉnh Thành Phố,Mã TP,Quận Huyện,Mã QH,Phường Xã,Mã PX,Cấp,Tên Tiếng Anh\n" +
		"Tỉnh Minh Họa,90,Thành phố Bến Đá,901,Phường Một,90001,Phường,\n" +
		"Tỉnh Minh Họa,90,Thành phố Bến Đá,901,Phường Hai,90002,Phường,\n" +
		"Tỉnh Minh Họa,90,Huyện Đảo,902,,,,\n"
	got, err := ParseCSV([]byte(text), nil)
	want := []Unit{
		{Code: "90", Name: "Tỉnh Minh Họa", Level: Province},
		{Code: "901", Name: "Thành phố Bến Đá", Level: District, Parent: "90"},
		{Code: "902", Name: "Huyện Đảo", Level: District, Parent: "90"},
		{Code: "90001", Name: "Phường Một", Level: Commune, Parent: "901"},
		{Code: "90002", Name: "Phường Hai", Level: Commune, Parent: "901"},
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// lines turns the problems of an error into "line:column:key args".
func lines(err error) []string {
	var list []string
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for _, p := range f.Problems {
			list = append(list, p.String())
		}
	}
	return list
}

func TestProblems(t *testing.T) {
	existing := []Unit{
		{Code: "89", Name: "Tỉnh Cũ", Level: Province}, {Code: "89001", Name: "Xã Cũ", Level: Commune, Parent: "89"},
		{Code: "77", Name: "Huyện Cũ", Level: District, Parent: "89"}, {Code: "77001", Name: "Xã Con", Level: Commune, Parent: "77"},
		{Code: "08001", Name: "Xã Số Không", Level: Commune, Parent: "89"},
	}
	const head = "code,name,level,parent,valid_from,valid_to,predecessors\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":       {"", []string{"1:unit.empty"}},
		"head only":     {head, []string{"1:code:unit.empty"}},
		"no head":       {"x,y\n1,2\n", []string{"1:unit.noHeader code, name, level, parent, valid_from, valid_to, predecessors"}},
		"no level":      {"code,name\n1,2\n", []string{"1:unit.missingColumn level"}},
		"no name":       {"code,level\n1,2\n", []string{"1:unit.missingColumn name"}},
		"same column":   {"code,name,level,Mã\n1,2,xã,3\n", []string{"1:unit.sameColumn Mã"}},
		"blank cells":   {head + ",Xã A,xã,89,,,\na1,,xã,89,,,\na2,Xã C,,89,,,\n", []string{"2:code:unit.noCode", "3:name:unit.noName", "4:level:unit.noLevel"}},
		"bad code":      {head + "a b,Xã A,xã,89,,,\n" + strings.Repeat("x", 33) + ",Xã,xã,89,,,\n..,Xã,xã,,,,\n", []string{"2:code:unit.badCode a b", "3:code:unit.badCode " + strings.Repeat("x", 33), "4:code:unit.badCode .."}},
		"long name":     {head + "a," + strings.Repeat("ộ", 201) + ",xã,89,,,\n", []string{"2:name:unit.longName 201 200"}},
		"twice":         {head + "a,Xã A,xã,89,,,\n\na,Xã B,xã,89,,,\n", []string{"4:code:unit.duplicate a 2"}},
		"level":         {head + "a,Xã A,làng,89,,,\n", []string{"2:level:unit.badLevel làng"}},
		"parent":        {head + "a,Xã A,xã,88,,,\nb,Xã B,xã,b,,,\nc,Huyện C,huyện,89001,,,\nd,Tỉnh D,tỉnh,89,,,\n", []string{"2:parent:unit.noParent 88", "3:parent:unit.ownParent b", "4:parent:unit.parentLevel Huyện C Xã Cũ", "5:parent:unit.parentLevel Tỉnh D Tỉnh Cũ"}},
		"cycle":         {head + "s1,Sở A,sở,s2,,,\ns2,Sở B,sở,s3,,,\ns3,Sở C,sở,s1,,,\ns4,Sở D,sở,s1,,,\n", []string{"2:parent:unit.cycle s1 → s2 → s3 → s1"}},
		"known child":   {head + "77,Xã Mới,xã,89,,,\n", []string{"2:level:unit.childLevel Xã Mới Xã Con"}},
		"dates":         {head + "a,Xã A,xã,89,31/02/2026,x,\nb,Xã B,xã,89,2026-07-01,30/06/2026,\nc,Xã C,xã,89,45839,45292,\n", []string{"2:valid_from:unit.badDate 31/02/2026", "2:valid_to:unit.badDate x", "3:valid_to:unit.dateOrder 30/06/2026 2026-07-01", "4:valid_to:unit.dateOrder 2024-01-01 2025-07-01"}},
		"predecessors":  {head + "a,Xã A,xã,89,,,89001;zz a\n", []string{"2:predecessors:unit.noPredecessor zz", "2:predecessors:unit.ownPredecessor a"}},
		"known zeros":   {head + "8001,Xã A,xã,89,,,\n", []string{"2:code:unit.zeros 8001 08001 5"}},
		"zeros":         {head + "7210,Xã A,xã,89,,,\n10001,Xã B,xã,89,,,\n", []string{"2:code:unit.zeros 7210 07210 5"}},
		"quote":         {head + "a,\"Xã A,xã,89,,,\n", []string{"2:unit.csv"}},
		"two names":     {"Mã,Tên,Cấp,Mã TP,Tỉnh / Thành Phố\na,Xã A,Xã,90,Tỉnh X\nb,Xã B,Xã,90,Tỉnh Y\nc,Xã C,Xã,91,\n", []string{"3:Tỉnh / Thành Phố:unit.otherName 90 Tỉnh X Tỉnh Y", "4:Tỉnh / Thành Phố:unit.noName"}},
		"row order":     {head + "a,Xã A,xã,88,,,\nb,,xã,89,,,\n", []string{"2:parent:unit.noParent 88", "3:name:unit.noName"}},
		"unnamed above": {"Mã,Tên,Cấp,Mã TP\na,Xã A,Xã,90\n", []string{"2:Mã TP:unit.noParent 90"}},
	} {
		got, err := ParseCSV([]byte(c.text), existing)
		if diff := cmp.Diff(c.want, lines(err)); diff != "" || got != nil || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: units %v, err %v (-want +got): %s", name, got, err, diff)
		}
	}
}

// Codes that only look short are left alone.
func TestZerosOnlyWhenCertain(t *testing.T) {
	for name, text := range map[string]string{
		"own numbering": "code,name,level\n1,Xã A,xã\n2,Xã B,xã\n10,Xã C,xã\n",
		"letters":       "code,name,level\n7210,Xã A,xã\nX0001,Xã B,xã\n",
		"mostly short":  "code,name,level\n1,Xã A,xã\n2,Xã B,xã\n10000,Xã C,xã\n",
	} {
		if _, err := ParseCSV([]byte(text), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("code,name,level\n")
	for i := range MaxRows {
		fmt.Fprintf(&b, "x%d,Xã %d,xã\n", i, i)
	}
	if got, err := ParseCSV([]byte(b.String()), nil); err != nil || len(got) != MaxRows {
		t.Errorf("%d rows: %d units, %v", MaxRows, len(got), err)
	}
	b.WriteString("more,Xã,xã\n")
	if _, err := ParseCSV([]byte(b.String()), nil); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one row over the limit: %v", err)
	}
	// A line of nothing but separators took minutes: each was looked up as a heading.
	if _, err := ReadCSV([]byte(strings.Repeat("a,", MaxSize/2))); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many columns: %v", err)
	}
	if got, err := ReadCSV([]byte(strings.Repeat(",", MaxColumns-1))); err != nil || len(got.Rows[0]) != MaxColumns {
		t.Errorf("%d columns: %v", MaxColumns, err)
	}
	if _, err := ParseCSV(make([]byte, MaxSize+1), nil); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one byte over the limit: %v", err)
	}
	if _, err := ParseCSV([]byte("code,name,level\na,X\xe3,xa\n"), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("not Unicode: %v", err)
	}
}

// A known unit keeps its name when a list only names it; its own row replaces it.
func TestExisting(t *testing.T) {
	existing := []Unit{{Code: "90", Name: "Tỉnh Minh Họa", Level: Province}}
	got, err := ParseCSV([]byte("Mã,Tên,Cấp,Mã TP,Tỉnh / Thành Phố\n90001,Xã A,Xã,90,Minh Họa\n"), existing)
	if err != nil || len(got) != 1 || got[0].Parent != "90" {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add([]byte(own))
	f.Add([]byte("Mã\tTên\tCấp\tMã TP\tTỉnh / Thành Phố\tMã QH\tQuận Huyện\n1\ta\tXã\t2\tb\t3\tc\n"))
	f.Add([]byte{0xFF, 0xFE, 'c', 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		units, err := ParseCSV(data, nil)
		if (err == nil) == (len(units) == 0) {
			t.Fatalf("%d units with error %v", len(units), err)
		}
		codes := map[string]bool{}
		for _, u := range units {
			if !codePattern.MatchString(u.Code) || codes[u.Code] || u.Name == "" || rank[u.Level] == 0 {
				t.Fatalf("unit %+v", u)
			}
			codes[u.Code] = true
		}
		if all := Under(units, ""); len(all) != len(units) {
			t.Fatalf("%d of %d units hang from a root", len(all), len(units))
		}
	})
}

func BenchmarkParseCSV(b *testing.B) {
	var text strings.Builder
	text.WriteString("code,name,level,parent\n90,Tỉnh Minh Họa,province,\n")
	for i := range 3321 {
		fmt.Fprintf(&text, "%05d,Xã Đồng Mỏ %d,commune,90\n", i+1, i)
	}
	for b.Loop() {
		if _, err := ParseCSV([]byte(text.String()), nil); err != nil {
			b.Fatal(err)
		}
	}
}
