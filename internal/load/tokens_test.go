package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadTokens(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Token
	}{
		"lines": {"ABC\n\n DEF \n", []Token{{Text: "ABC"}, {Text: "DEF"}}},
		"CSV":   {"\ufeffnumber,unit,token,link\n1,07210,ABC,x\n", []Token{{"ABC", "07210", ""}}},
		"group": {"token,group\nABC,resident\n", []Token{{"ABC", "", "resident"}}},
		"empty": {"token\n", nil},
		"quote": {"\"ABC\n", nil},
	} {
		got, err := ReadTokens(strings.NewReader(c.text))
		if diff := cmp.Diff(c.want, got); diff != "" || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}
