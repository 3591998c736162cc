package site

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// The background jobs of notices.
const (
	// JobPause is how often a process looks whether there is work.
	JobPause = time.Minute
	// jobLease is how long a process has a job for itself; what is not done by
	// then is the next round's.
	jobLease = 3 * time.Minute
	// remindFrom is the hour of the province's day at which reminders begin.
	remindFrom = 7

	jobRemind   = "remind"
	jobSendMail = "send-mail"
	jobSweep    = "sweep-notices"
)

// Jobs does the jobs of notices in one process. Any number of processes may run
// them on one database: a lease keeps all but one away from each job, and what
// a job does is stored once even when two run.
type Jobs struct {
	*Server
	owner string
}

// NewJobs returns the jobs of a process.
func NewJobs(o Options) *Jobs {
	return &Jobs{&Server{store: o.Store, log: o.Log, config: o.Config, now: o.Store.Now, mailer: o.Mail}, rand.Text()}
}

// Run does the jobs every JobPause until ctx ends.
func (j *Jobs) Run(ctx context.Context) {
	tick := time.NewTicker(JobPause)
	defer tick.Stop()
	for {
		j.Round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Round does each job once, those that no other process has.
func (j *Jobs) Round(ctx context.Context) {
	for _, job := range []struct {
		name string
		do   func(context.Context) error
	}{{jobRemind, j.remind}, {jobSendMail, j.sendMail}, {jobSweep, j.store.SweepNotices}} {
		if err := j.leased(ctx, job.name, job.do); err != nil && ctx.Err() == nil {
			j.log.Error("job failed", "job", job.name, "error", err)
		}
	}
}

// leased does a job while it has the lease; ctx ends before the lease does.
func (j *Jobs) leased(ctx context.Context, name string, do func(context.Context) error) error {
	ok, release, err := j.store.Lease(ctx, name, j.owner, jobLease)
	if err != nil || !ok {
		return err
	}
	working, stop := context.WithTimeout(ctx, jobLease-JobPause)
	defer stop()
	err = do(working)
	if end := release(context.WithoutCancel(ctx)); err == nil {
		err = end
	}
	return err
}

// remind gives the reminders that are due, once a day for each period.
func (j *Jobs) remind(ctx context.Context) error {
	now := j.now().In(vi.Zone)
	if now.Hour() < remindFrom {
		return nil
	}
	periods, err := j.store.Periods(ctx)
	if err != nil {
		return err
	}
	today := now.Format(time.DateOnly)
	for _, p := range periods {
		if p.State != dossier.Open || !p.Steps {
			continue
		}
		if err := j.remindPeriod(ctx, p, today); err != nil {
			return err
		}
	}
	return nil
}

// remindPeriod gives a period's reminders of a day. The mark says that they are
// all stored; until it is set, another round gives them again, under the same
// ids. New deadlines make a new mark.
func (j *Jobs) remindPeriod(ctx context.Context, p dossier.Period, today string) error {
	name := jobRemind + ":" + p.ID
	mark := today + " " + deadlineSum(&p)
	if old, err := j.store.JobMark(ctx, name); err != nil || old == mark {
		return err
	}
	r, err := j.newReminder(ctx, p)
	if err != nil {
		return err
	}
	if _, err := j.store.AddNotices(ctx, r.due(today)); err != nil {
		return err
	}
	return j.store.SetJobMark(ctx, name, mark)
}

func deadlineSum(p *dossier.Period) string {
	var b strings.Builder
	for _, step := range p.StepCodes() {
		b.WriteString(step + "=" + p.Deadlines[step] + ";")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// sendMail sends the letters that are due, each claimed first.
func (j *Jobs) sendMail(ctx context.Context) error {
	if j.mailer == nil {
		return nil
	}
	ids, err := j.store.DueMail(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return nil // the rest is the next round's
		}
		n, ok, err := j.store.ClaimMail(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := j.sendOne(ctx, &n); err != nil {
			return err
		}
	}
	return nil
}

// sendOne sends one claimed letter and records how it ended. The address is
// that of now; an account that has none any more gets no letter.
func (j *Jobs) sendOne(ctx context.Context, n *store.Notice) error {
	u, err := j.store.User(ctx, n.To)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	ctx = context.WithoutCancel(ctx) // how it ended must be recorded; Send has its own limit
	if err != nil || u.Disabled || u.Email == "" {
		return j.store.NoMail(ctx, n.ID)
	}
	subject, text := j.letter(n)
	err = j.mailer.Send(ctx, n.ID, u.Email, subject, text)
	if err == nil {
		return j.store.EndMail(ctx, n.ID, "", false)
	}
	j.log.Warn("letter not sent", "notice", n.ID, "try", n.Tries, "error", err)
	return j.store.EndMail(ctx, n.ID, mailReason(err), fault.Is(err, fault.Invalid))
}

// letter is a notice as e-mail: what the page says, and where it is.
func (j *Jobs) letter(n *store.Notice) (subject, text string) {
	base := strings.TrimRight(j.config.BaseURL, "/")
	subject = vi.Text("notice.subject", noticeTitle(n.Kind))
	if n.Args[0] != "" {
		subject += " – " + n.Args[0]
	}
	return subject, vi.Text("notice.letter", noticeText(n), base+n.URL, base+"/thong-bao")
}

// mailReason is why a letter was not sent: our sentence and the server's words.
func mailReason(err error) string {
	reason := vi.Error(err)
	if f, ok := err.(*fault.Error); ok && f.Cause != nil {
		reason += " (" + f.Cause.Error() + ")"
	}
	return reason
}
