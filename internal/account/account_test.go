package account

import "testing"

func TestPassword(t *testing.T) {
	u := User{Password: HashPassword("mật khẩu dài")}
	if !u.Matches("mật khẩu dài") || u.Matches("mật khẩu dà") || (User{}).Matches("") || (User{Password: "$a$b$c$d$e"}).Matches("x") {
		t.Fatal("a password must match itself and nothing else")
	}
	if u.Password == HashPassword("mật khẩu dài") {
		t.Fatal("two hashes of one password share a salt")
	}
}

func TestCheck(t *testing.T) {
	good := User{Login: "xa-01", Name: "Công chức xã", Role: Commune, Unit: "01"}
	if ps := good.Check(); len(ps) > 0 {
		t.Fatalf("good user refused: %v", ps)
	}
	bad := User{Login: "Xã 01", Role: "king", Unit: "01"}
	if ps := bad.Check(); len(ps) != 4 {
		t.Fatalf("want every problem listed, got %v", ps)
	}
	if len(CheckPassword("ngắn")) != 1 || len(CheckPassword("đủ dài rồi")) != 0 {
		t.Fatal("password length counts characters")
	}
}

func TestPermissions(t *testing.T) {
	own := User{Role: Commune, Unit: "01"}
	if !own.MaySee("01") || own.MaySee("02") || !own.MayMark("01", SelfStage) || own.MayMark("01", "province") || own.MayMark("02", SelfStage) {
		t.Fatal("a commune sees and scores itself only, at stage self only")
	}
	team := User{Role: Appraiser}
	if team.MayMark("01", SelfStage) || !team.MayMark("01", "province") {
		t.Fatal("an appraiser scores appraisal stages only")
	}
	for _, r := range []Role{Admin, Manager, Leader, Surveyor} {
		if u := (User{Role: r}); u.MayMark("01", SelfStage) || u.MayMark("01", "province") {
			t.Fatalf("%s must not mark", r)
		}
	}
}

func TestCheckEmail(t *testing.T) {
	for email, fine := range map[string]bool{
		"": true, "xa01@minhhoa.gov.vn": true, "a.b+c@x-y.vn": true,
		"xa01": false, "xa01@minhhoa": false, "Xã <a@b.vn>": false, "a@b.vn\r\nBcc: c@d.vn": false, "a@b.vn,c@d.vn": false, "a b@c.vn": false, "a@b@c.vn": false,
	} {
		if got := len(CheckEmail(email)) == 0; got != fine {
			t.Errorf("%q: %v, want %v", email, got, fine)
		}
	}
}
