package site

import (
	"context"
	"slices"
	"strconv"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// reminder makes the reminders of one period.
type reminder struct {
	*Server
	period   dossier.Period
	dossiers []dossier.Dossier
	units    map[string]unit.Unit
	people   map[string]account.User // who may sign in
	officers map[string][]string     // logins by unit
	managers []string
}

// newReminder reads all that reminders are made from.
func (s *Server) newReminder(ctx context.Context, p dossier.Period) (*reminder, error) {
	r := &reminder{Server: s, period: p, people: map[string]account.User{}, officers: map[string][]string{}}
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		switch {
		case u.Disabled:
			continue
		case u.Role == account.Commune:
			r.officers[u.Unit] = append(r.officers[u.Unit], u.Login)
		case u.Role == account.Manager:
			r.managers = append(r.managers, u.Login)
		}
		r.people[u.Login] = u
	}
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	r.units = unitNames(units)
	r.dossiers, err = s.store.Dossiers(ctx, p.ID)
	return r, err
}

// behind lists who is behind at a step.
func (r *reminder) behind(step string) []behind {
	var list []behind
	for i := range r.dossiers {
		if b, ok := behindAt(&r.period, &r.dossiers[i], step); ok {
			list = append(list, b)
		}
	}
	return list
}

// due makes the notices that the milestones ask for today.
func (r *reminder) due(today string) []store.Notice {
	var list []store.Notice
	for _, step := range yearSteps(&r.period) {
		late := map[string][]behind{} // by last day
		for _, b := range r.behind(step) {
			late[b.day] = append(late[b.day], b)
		}
		for day, rows := range late {
			on, left, ok := milestone(day, today)
			if !ok {
				continue
			}
			notices, _ := r.remind(step, day, on, left, rows)
			list = append(list, notices...)
			list = append(list, r.digest(step, day, on, left, len(rows))...)
		}
	}
	return list
}

// remind makes one notice for each officer of a unit that is behind, and one
// for each appraiser with the number of dossiers that wait for them. by lists
// the notices of each unit's row.
func (r *reminder) remind(step, day, on string, left int, rows []behind) (list []store.Notice, by map[string][]string) {
	by = map[string][]string{}
	waiting := map[string][]string{} // login → units
	title, when := stepTitle(&r.period, step), dayLeft(day, left)
	for _, b := range rows {
		if !b.officers {
			for _, login := range b.who {
				waiting[login] = append(waiting[login], b.unit)
			}
			continue
		}
		for _, login := range r.officers[b.unit] {
			n := news{kind: NoticeRemind, period: r.period.ID, unit: b.unit, step: step, once: on, args: []string{title, dayWord(day), when}}
			x := r.noticeFor(n, r.period.Title, r.units[b.unit].Name, login, r.people[login])
			list, by[b.unit] = append(list, x), append(by[b.unit], x.ID)
		}
	}
	for _, login := range sortedKeys(waiting) {
		if _, ok := r.people[login]; !ok {
			continue
		}
		n := news{kind: NoticeSheets, period: r.period.ID, step: step, once: on, url: deadlineURL(r.period.ID, step), args: []string{strconv.Itoa(len(waiting[login])), title, dayWord(day), when}}
		x := r.noticeFor(n, r.period.Title, "", login, r.people[login])
		list = append(list, x)
		for _, code := range waiting[login] {
			by[code] = append(by[code], x.ID)
		}
	}
	return list, by
}

// digest tells the managers how many are behind.
func (r *reminder) digest(step, day, on string, left, count int) []store.Notice {
	var list []store.Notice
	for _, login := range r.managers {
		n := news{kind: NoticeDigest, period: r.period.ID, step: step, once: day + "/" + on, url: deadlineURL(r.period.ID, step), args: []string{strconv.Itoa(count), stepTitle(&r.period, step), dayWord(day), dayLeft(day, left)}}
		list = append(list, r.noticeFor(n, r.period.Title, "", login, r.people[login]))
	}
	return list
}

// reminded is what came of reminding by hand, in units.
type reminded struct{ sent, before, nobody int }

// byHand reminds the chosen units' people of a step today; who was reminded of
// it today already, by hand or by itself, is not reminded again.
func (r *reminder) byHand(ctx context.Context, step, today string, chosen []string) (reminded, error) {
	var res reminded
	byDay := map[string][]behind{}
	for _, b := range r.behind(step) {
		if slices.Contains(chosen, b.unit) {
			byDay[b.day] = append(byDay[b.day], b)
		}
	}
	for day, rows := range byDay {
		left, _ := daysBetween(today, day)
		notices, by := r.remind(step, day, today, left, rows)
		added, err := r.store.AddNotices(ctx, notices)
		if err != nil {
			return res, err
		}
		for _, b := range rows {
			switch ids := by[b.unit]; {
			case len(ids) == 0:
				res.nobody++
			case slices.ContainsFunc(ids, func(id string) bool { return added[id] }):
				res.sent++
			default:
				res.before++
			}
		}
	}
	return res, nil
}

// stepTitle is the name of a step.
func stepTitle(p *dossier.Period, step string) string {
	if st, ok := p.Stage(step); ok && step != "" && step != dossier.SelfStage {
		return st.Title
	}
	return vi.Text("deadline.step." + step)
}

// dayWord is a last day as people read it.
func dayWord(day string) string {
	if day == "" {
		return vi.Text("deadline.noDay")
	}
	return dayText(day)
}

// dayLeft says how many days are left, or how late it is.
func dayLeft(day string, left int) string {
	switch {
	case day == "":
		return vi.Text("deadline.open")
	case left == 0:
		return vi.Text("deadline.today")
	case left < 0:
		return vi.Text("deadline.late", -left)
	}
	return vi.Text("deadline.left", left)
}

func sortedKeys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
