// Package account holds users, their roles and what each role may do.
package account

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// Role is what a user is to the assessment.
type Role string

// The roles, from the one that sets the system up to the ones that only look.
const (
	Admin     Role = "admin"     // quản trị hệ thống: users, units, settings
	Manager   Role = "manager"   // Sở Nội vụ, Ban Dân vận: runs the year
	Appraiser Role = "appraiser" // tổ thẩm định: scores assigned stages
	Commune   Role = "commune"   // cán bộ xã: scores its own unit
	Leader    Role = "leader"    // lãnh đạo: sees results and reports
	Surveyor  Role = "surveyor"  // điều tra viên: enters interviews
)

// Roles lists every role in the order pages show them.
func Roles() []Role { return []Role{Admin, Manager, Appraiser, Commune, Leader, Surveyor} }

// Limits of an account.
const (
	MinPassword = 10  // characters
	MaxPassword = 200 // characters; argon2id is costly, so it is bounded
	MaxLogin    = 40  // characters
	MaxName     = 120 // characters
	MaxEmail    = 254 // bytes (RFC 5321)
)

// User is one account. Unit is the unit a commune user belongs to, empty for
// the other roles. Email is where notices go besides the program, if anywhere.
type User struct {
	Login    string    `bson:"login"`
	Name     string    `bson:"name"`
	Role     Role      `bson:"role"`
	Unit     string    `bson:"unit,omitempty"`
	Email    string    `bson:"email,omitempty"`
	Password string    `bson:"password"` // encoded argon2id hash
	Disabled bool      `bson:"disabled,omitempty"`
	Recused  []string  `bson:"recused,omitempty"` // units whose dossiers an appraiser keeps out of
	Created  time.Time `bson:"created"`
	Version  int64     `bson:"-"`
}

// emailForm is a bare address: no name, no quotes, no comment, one @.
var emailForm = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

// ProgramPrefix starts the login under which a program works by its API token;
// no person's login can have it.
const ProgramPrefix = "api:"

// Program reports whether the user is a program: nobody knows whose hand it is,
// so it decides no appeal.
func (u User) Program() bool { return strings.HasPrefix(u.Login, ProgramPrefix) }

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// Check returns every problem of u that a form could mend.
func (u User) Check() []fault.Problem {
	var ps []fault.Problem
	if !loginForm.MatchString(u.Login) || utf8.RuneCountInString(u.Login) > MaxLogin {
		ps = append(ps, fault.Problem{Path: "login", Key: "account.login", Args: []any{MaxLogin}})
	}
	if n := utf8.RuneCountInString(u.Name); n == 0 || n > MaxName {
		ps = append(ps, fault.Problem{Path: "name", Key: "account.name", Args: []any{MaxName}})
	}
	if !slices.Contains(Roles(), u.Role) {
		ps = append(ps, fault.Problem{Path: "role", Key: "account.role"})
	}
	if (u.Role == Commune) != (u.Unit != "") {
		ps = append(ps, fault.Problem{Path: "unit", Key: "account.unit"})
	}
	return append(ps, CheckEmail(u.Email)...)
}

// CheckEmail returns the problem of an address for notices, if any; none at all
// is fine.
func CheckEmail(email string) []fault.Problem {
	if email == "" || len(email) <= MaxEmail && emailForm.MatchString(email) {
		return nil
	}
	return []fault.Problem{{Path: "email", Key: "account.email"}}
}

// CheckPassword returns the problem of a new password, if any.
func CheckPassword(password string) []fault.Problem {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return []fault.Problem{{Path: "password", Key: "account.password", Args: []any{MinPassword, MaxPassword}}}
	}
	return nil
}
