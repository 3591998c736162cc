package site

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

const (
	// maxUploads is how many uploads one process takes at a time; each keeps its
	// files on the disk, not in memory.
	maxUploads = 16
	// maxChecks is how many files are looked into at a time: that takes a
	// processor, and up to evidence.MaxNested bytes for an embedded document.
	maxChecks = 2
	// uploadPatience is how long an upload waits for a place.
	uploadPatience = 15 * time.Second
	// maxUploadField and maxUploadParts bound the fields beside the files.
	maxUploadField, maxUploadParts = 16 << 10, 1000
)

// uploads are the places of uploads and of checks under way.
type uploads struct{ places, checks chan struct{} }

func newUploads() *uploads {
	return &uploads{make(chan struct{}, maxUploads), make(chan struct{}, maxChecks)}
}

// uploadForm is a form that came with files, which lie on the disk until close.
type uploadForm struct {
	values url.Values
	files  []*uploadedFile
	done   []func()
}

// uploadedFile is one file of a form; err says why it is refused.
type uploadedFile struct {
	sent string // the name as the browser sent it
	disk *os.File
	size int64
	sha  string
	kind evidence.Type
	err  error
}

// close removes the files and frees the place.
func (f *uploadForm) close() {
	for i := len(f.done) - 1; i >= 0; i-- {
		f.done[i]()
	}
}

func (f *uploadForm) get(name string) string { return vi.Clean(f.values.Get(name)) }

// readUpload reads a form with files as it comes in. Each file goes to the
// disk, is hashed on the way and looked into; what is wrong with it stands in
// the file. It fails when the form cannot be read, and with Forbidden unless the
// session's token comes first. The request's context starts anew behind it.
func (s *Server) readUpload(c *fiber.Ctx) (*uploadForm, error) {
	if c.Locals(localUpload) == nil {
		return nil, fault.New(fault.Malformed, "site.malformed")
	}
	f := &uploadForm{values: url.Values{}}
	if err := s.takeUpload(c, f); err != nil {
		f.close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), RequestTimeout)
	f.done = append(f.done, cancel)
	c.SetUserContext(ctx)
	return f, nil
}

func (s *Server) takeUpload(c *fiber.Ctx, f *uploadForm) error {
	select {
	case s.uploads.places <- struct{}{}:
		f.done = append(f.done, func() { <-s.uploads.places })
	case <-time.After(uploadPatience):
		return fault.New(fault.TooMany, "evidence.busy")
	}
	_, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil {
		return fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	_ = c.Context().Conn().SetReadDeadline(time.Now().Add(UploadTime))
	body := &io.LimitedReader{R: c.Context().RequestBodyStream(), N: MaxUpload}
	parts := multipart.NewReader(body, params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF && n > 0 {
			return nil
		}
		if err == nil && n == maxUploadParts {
			err = errors.New("too many parts")
		}
		if err == nil {
			err = s.takePart(c, f, part, n)
		}
		switch {
		case body.N <= 0:
			return fault.New(fault.TooLarge, "evidence.manyIn", evidence.MaxBatch, MaxUpload>>20-1)
		case err != nil:
			return cutShort(err)
		}
	}
}

// cutShort makes an error of reading one that the person can act on.
func cutShort(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.Wrap(err, fault.Malformed, "evidence.cutShort")
}

// takePart takes one field or file; the first field must be the token, unless a
// script sent that in the head.
func (s *Server) takePart(c *fiber.Ctx, f *uploadForm, part *multipart.Part, n int) error {
	first := n == 0 && c.Get("X-CSRF-Token") == ""
	if n == 0 && !first && !hasToken(c, c.Get("X-CSRF-Token")) {
		return fault.New(fault.Forbidden, "site.csrf")
	}
	if part.FileName() != "" && !first {
		return s.takeFile(f, part)
	}
	b, err := io.ReadAll(io.LimitReader(part, maxUploadField+1))
	if err != nil {
		return err
	}
	if first && (part.FormName() != "_csrf" || !hasToken(c, string(b))) {
		return fault.New(fault.Forbidden, "site.csrf")
	}
	if len(b) > maxUploadField {
		return fault.New(fault.TooLarge, "site.bodyTooLarge", maxUploadField>>10)
	}
	f.values.Add(part.FormName(), string(b))
	return nil
}

// hasToken reports whether this is the token of the request's session.
func hasToken(c *fiber.Ctx, sent string) bool {
	session, ok := c.Locals(localSession).(store.Session)
	return ok && subtle.ConstantTimeCompare([]byte(sent), []byte(session.CSRF)) == 1
}

// takeFile copies a file to the disk and looks into it. The rest of one that is
// too big is passed over, so that the form can be read on.
func (s *Server) takeFile(f *uploadForm, part *multipart.Part) error {
	file := &uploadedFile{sent: part.FileName()}
	if len(f.files) == evidence.MaxBatch {
		return fault.New(fault.Invalid, "evidence.manyIn", evidence.MaxBatch, MaxUpload>>20-1)
	}
	f.files = append(f.files, file)
	var err error
	if file.disk, err = os.CreateTemp("", "thanthien-*"); err != nil {
		return fault.Wrap(err, fault.Unavailable, "evidence.busy")
	}
	_ = os.Remove(file.disk.Name()) // where that works, a crash leaves nothing
	f.done = append(f.done, func() {
		_ = file.disk.Close()
		_ = os.Remove(file.disk.Name())
	})
	sum := sha256.New()
	if file.size, err = io.Copy(io.MultiWriter(file.disk, sum), io.LimitReader(part, evidence.MaxFile+1)); err != nil {
		return err
	}
	file.sha = hex.EncodeToString(sum.Sum(nil))
	if file.size > evidence.MaxFile {
		if _, err := io.Copy(io.Discard, part); err != nil {
			return err
		}
	}
	s.uploads.checks <- struct{}{}
	defer func() { <-s.uploads.checks }()
	file.kind, file.err = evidence.Check(file.disk, file.size)
	return nil
}

// name is the file's name as it is kept.
func (file *uploadedFile) name() string { return evidence.CleanName(file.sent, file.kind) }

// revision is the file as a revision of an item.
func (file *uploadedFile) revision(by string, at time.Time, note string) evidence.Revision {
	return evidence.Revision{Name: file.name(), Type: file.kind, Size: file.size, SHA: file.sha, By: by, At: at, Note: note}
}

// refused lists why files are refused, each with its name, and the status of
// the first; 0 when none is.
func (f *uploadForm) refused() (problems []fault.Problem, status int) {
	for _, file := range f.files {
		if file.err == nil {
			continue
		}
		why := asFault(file.err)
		if status == 0 {
			status = statuses[why.Kind]
		}
		shown := cut(vi.Clean(evidence.CleanName(file.sent, "")), maxQuery)
		problems = append(problems, fault.Problem{Path: "files", Key: "evidence.inFile", Args: []any{shown, vi.Text(why.Key, why.Args...)}})
	}
	return problems, status
}
