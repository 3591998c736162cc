package site

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// Limits of a batch of interviews.
const (
	MaxBatch = 500
	// MaxBatchBody is the largest body of a batch, in bytes.
	MaxBatchBody = 8 << 20
	// batchWriters is how many items are stored side by side, to share commits.
	batchWriters = 64
)

// batchAPI takes interviews that were made without a network. The colon is
// part of the address.
func (s *Server) batchAPI(r fiber.Router) {
	r.Post("/campaigns/:campaign/responses\\:batch", s.bearer, s.sameOrigin, s.signedIn, s.guarded, s.may(account.Interview), limitBody(MaxBatchBody), s.postBatch)
}

// batchItem is one interview of a batch, or what is wrong with it.
type batchItem struct {
	submission
	unit string
}

// batchJSON answers a batch: the items in their order.
type batchJSON struct {
	Items []itemJSON `json:"items"`
}

// itemJSON is what became of one item. Status is what the item alone would
// have got: 201 stored, 200 stored before, 409, 410, 422; 503 to be sent again.
type itemJSON struct {
	Key     string      `json:"key"`
	Status  int         `json:"status"`
	Receipt string      `json:"receipt,omitempty"`
	Title   string      `json:"title,omitempty"`
	Errors  []fieldJSON `json:"errors,omitempty"`
}

// postBatch stores each item on its own: what is wrong with one does not touch
// the others, and every one reported 200 or 201 is durable.
func (s *Server) postBatch(c *fiber.Ctx) error {
	if !isJSON(c.Request().Header.ContentType()) {
		return fault.New(fault.Unsupported, "public.contentType")
	}
	items, err := parseBatch(c.Request().Body())
	if err != nil {
		return err
	}
	id := c.Params("campaign")
	if !survey.Slug(id) {
		return fault.New(fault.NotFound, "store.campaign", id)
	}
	ctx := c.UserContext()
	campaign, form, err := s.store.LiveCampaign(ctx, id)
	if err != nil {
		return err
	}
	out := batchJSON{Items: make([]itemJSON, len(items))}
	places := make(chan struct{}, batchWriters)
	var wg sync.WaitGroup
	for i := range items {
		places <- struct{}{}
		wg.Go(func() {
			out.Items[i] = s.storeItem(ctx, campaign, form, &items[i])
			<-places
		})
	}
	wg.Wait()
	return c.JSON(out)
}

// storeItem accepts one item and says what came of it.
func (s *Server) storeItem(ctx context.Context, c *survey.Campaign, form *survey.Form, in *batchItem) itemJSON {
	out := itemJSON{Key: in.key}
	if !c.Has(in.unit) && !in.unread("unit") && !in.unread("") {
		in.problems = append(in.problems, fault.Problem{Path: "unit", Key: "batch.unit", Args: []any{clipField(in.unit)}})
	}
	var existed bool
	var err error
	if in.unread("") { // no object at all
		err = fault.List("public.answers", in.problems)
	} else {
		out.Receipt, existed, err = s.accept(ctx, c, form, in.unit, &in.submission)
	}
	switch {
	case err != nil:
		return s.refusedItem(ctx, c, out, err)
	case existed:
		out.Status = fiber.StatusOK
	default:
		out.Status = fiber.StatusCreated
	}
	return out
}

// refusedItem words why an item was not stored.
func (s *Server) refusedItem(ctx context.Context, c *survey.Campaign, out itemJSON, err error) itemJSON {
	f := asFault(err)
	out.Status, out.Title = statuses[f.Kind], vi.Text(f.Key, f.Args...)
	switch {
	case out.Status >= fiber.StatusInternalServerError:
		s.log.LogAttrs(ctx, slog.LevelError, "batch item failed", slog.String("error", err.Error()))
		out.Status, out.Title = fiber.StatusServiceUnavailable, vi.Text("batch.later")
	case f.Kind == fault.Gone:
		out.Title = vi.Text("batch.late", vi.DateTime(c.Closes), int(LateGrace.Hours()/24))
	}
	for _, p := range f.Problems {
		out.Errors = append(out.Errors, fieldJSON{p.Path, vi.Text(p.Key, p.Args...)})
	}
	return out
}

// parseBatch reads {"items": […]}: 400 for what is not JSON, 422 for a body of
// another shape or too many items. What is wrong with one item is noted in it.
func parseBatch(body []byte) ([]batchItem, error) {
	r := jsonReader{data: body, bad: !utf8.Valid(body)}
	v := r.value(0)
	if !r.end() {
		return nil, fault.New(fault.Malformed, "public.json", r.at+1)
	}
	top, _ := v.(map[string]any)
	list, ok := top["items"].([]any)
	if !ok || len(top) != 1 {
		return nil, fault.New(fault.Invalid, "batch.shape")
	}
	if len(list) == 0 || len(list) > MaxBatch {
		return nil, fault.New(fault.Invalid, "batch.size", MaxBatch)
	}
	items := make([]batchItem, len(list))
	for i, v := range list {
		items[i].channel, items[i].trusted = survey.Surveyor, true
		if m, ok := v.(map[string]any); ok {
			items[i].read(m)
		} else {
			items[i].problem("", "batch.item")
		}
	}
	return items, nil
}

func (in *batchItem) problem(path, key string, args ...any) {
	in.problems = append(in.problems, fault.Problem{Path: path, Key: key, Args: args})
}

// read takes the fields of an item.
func (in *batchItem) read(m map[string]any) {
	var ok bool
	if in.key, ok = m["key"].(string); !ok || in.key == "" {
		in.problem("key", "batch.key", MaxKey)
	}
	if in.unit, ok = m["unit"].(string); !ok {
		in.problem("unit", "public.fieldText")
	}
	if in.group, ok = m["group"].(string); !ok {
		in.problem("group", "public.fieldText")
	}
	if in.answers, ok = m["answers"].(map[string]any); !ok {
		in.problem("answers", "public.fieldObject")
	}
	in.readTimes(m)
	for name := range m {
		switch name {
		case "key", "unit", "group", "answers", "started_at", "finished_at", "seconds":
		default:
			in.problem(clipField(name), "batch.field", clipField(name))
		}
	}
}

// readTimes takes when the interview was made and how long it took.
func (in *batchItem) readTimes(m map[string]any) {
	var ok bool
	if in.started, ok = asTime(m["started_at"]); !ok {
		in.problem("started_at", "public.fieldTime")
	}
	if in.taken, ok = asTime(m["finished_at"]); !ok {
		in.problem("finished_at", "public.fieldTime")
	}
	if v := m["seconds"]; v != nil {
		number, isNumber := v.(json.Number)
		n, err := number.Int64()
		if !isNumber || err != nil || n < 0 || n > int64(MaxFilling.Seconds()) {
			in.problem("seconds", "batch.seconds", int(MaxFilling.Seconds()))
		} else {
			in.seconds = int32(n)
		}
	}
	if in.taken.IsZero() && !in.started.IsZero() {
		in.taken = in.started.Add(time.Duration(in.seconds) * time.Second)
		in.started = time.Time{} // nothing tells how long it took but seconds
	}
}
