package survey

// Parse reads a form from YAML. file names it in problems. The error is a
// fault.List of every problem with its line (up to MaxProblems).
func Parse(data []byte, file string) (*Form, error) { panic("not yet") }

// YAML writes the form in its canonical layout; Parse of it gives an equal form.
func (f *Form) YAML() []byte { panic("not yet") }
