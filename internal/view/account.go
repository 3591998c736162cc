package view

// SignIn is the sign-in form.
type SignIn struct {
	Page
	Login string
	Next  string
	Kept  string // a form that came too late, to be sent again afterwards
	Late  string // says that it came too late
}

// Again offers a form that came too late to be sent again.
type Again struct {
	Page
	Action string
	Fields []Pair
	Texts  []string // those of the fields that hold sentences
}

// Password is the form to change one's password.
type Password struct{ Page }

// FirstUser is the form that makes the first administrator.
type FirstUser struct {
	Page
	Token, Login, Name string
}
