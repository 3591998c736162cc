package view

// SignIn is the sign-in form.
type SignIn struct {
	Page
	Login string
	Next  string
}

// Password is the form to change one's password.
type Password struct{ Page }

// FirstUser is the form that makes the first administrator.
type FirstUser struct {
	Page
	Token, Login, Name string
}
