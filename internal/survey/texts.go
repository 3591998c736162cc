package survey

// Written is what a respondent wrote in their own words. Option is true for
// the text beside the options of a question.
type Written struct {
	Question *Question
	Option   bool
	Text     string
}

// TextQuestions returns the questions that take texts, in order.
func (f *Form) TextQuestions() []*Question {
	var list []*Question
	for _, q := range f.questions {
		if q.Kind == Text || q.Other {
			list = append(list, q)
		}
	}
	return list
}

// Texts returns the texts of some answers in the order of the questions,
// without those that were erased.
func (f *Form) Texts(a Answers) []Written {
	var list []Written
	for _, q := range f.questions {
		if v := a.values[q.pos]; v.answered() && v.text != "" && v.text != ErasedText {
			list = append(list, Written{q, q.Kind != Text, v.text})
		}
	}
	return list
}
