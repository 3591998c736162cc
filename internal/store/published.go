package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// ReceiptLine is the length of a line of a published list, in bytes: the hash
// in hex and the end of the line.
const ReceiptLine = 2*sha256.Size + 1

// publishedCheck is how often a list is compared with what is stored.
const publishedCheck = 10 * time.Minute

// Published is the list of the receipts of a closed campaign: their hashes in
// their own order, one a line, in a file. Closes is the time at which the
// campaign had closed; one that was opened again gets a new list.
type Published struct {
	Campaign string      `bson:"campaign"`
	Closes   time.Time   `bson:"closes"`
	Made     time.Time   `bson:"made"`
	Total    int64       `bson:"total"`
	Units    []UnitTotal `bson:"units"` // of every unit that has any, by code
	File     string      `bson:"file"`  // in the file store; it is the list's SHA-256
}

// UnitTotal is how many receipts a unit has.
type UnitTotal struct {
	Unit string `bson:"u"`
	N    int64  `bson:"n"`
}

// ReceiptHash is what a published list has of a receipt: the SHA-256 of its
// letters and digits, in hex.
func ReceiptHash(receipt string) string {
	sum := sha256.Sum256([]byte(NormalReceipt(receipt)))
	return hex.EncodeToString(sum[:])
}

// PublishedReceipts returns the list of a campaign that is closed at now:
// Gone while it is open, NotFound until the list is made.
func (s *Store) PublishedReceipts(ctx context.Context, c *survey.Campaign) (Published, error) {
	if s.Now().Before(c.Closes) {
		return Published{}, fault.New(fault.Gone, "export.receiptsOpen")
	}
	p, _, err := get[Published](ctx, s, published, c.ID, "export.receiptsComing")
	if err == nil && !p.Closes.Equal(c.Closes) {
		err = fault.New(fault.NotFound, "export.receiptsComing", c.ID)
	}
	return p, err
}

// PublishReceipts makes the list of every closed campaign that has none yet, or
// one that is out of date.
func (s *Store) PublishReceipts(ctx context.Context) error {
	list, err := s.Campaigns(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if s.Now().Before(c.Closes) || !s.publishedDue(c) {
			continue
		}
		if err := s.publish(ctx, c); err != nil {
			return err
		}
		s.published.Store(c.ID, publishedSeen{c.Closes, s.Now()})
	}
	return nil
}

// publishedSeen is when this process last looked at a list.
type publishedSeen struct{ closes, at time.Time }

func (s *Store) publishedDue(c *survey.Campaign) bool {
	v, ok := s.published.Load(c.ID)
	if !ok {
		return true
	}
	seen := v.(publishedSeen)
	return !seen.closes.Equal(c.Closes) || s.Now().Sub(seen.at) > publishedCheck
}

// publish stores the list of a closed campaign unless it is there and whole.
func (s *Store) publish(ctx context.Context, c *survey.Campaign) error {
	old, version, err := get[Published](ctx, s, published, c.ID, "export.receiptsComing")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	total, err := s.CountResponses(ctx, c.ID)
	if err != nil || version > 0 && old.Total == total && old.Closes.Equal(c.Closes) {
		return err
	}
	p := Published{Campaign: c.ID, Closes: c.Closes, Made: s.Now()}
	lines, err := s.receiptLines(ctx, c.ID, &p)
	if err != nil {
		return err
	}
	if p.File, _, err = s.files.Put(ctx, bytes.NewReader(lines), int64(len(lines))+1); err != nil {
		return err
	}
	_, err = put(ctx, s, published, c.ID, version, p)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		return nil // another process made it
	}
	if err == nil && old.File != "" && old.File != p.File {
		err = s.files.Delete(ctx, old.File)
	}
	return err
}

// receiptLines returns the list and fills the counts of p.
func (s *Store) receiptLines(ctx context.Context, campaign string, p *Published) ([]byte, error) {
	var hashes [][sha256.Size]byte
	q := docstore.Query{In: responses, On: responseKey, Eq: []any{campaign}}
	for raw, err := range s.db.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		unit, key := docstore.Lookup(raw, "u").StringValue(), docstore.Lookup(raw, "k").StringValue()
		if n := len(p.Units); n == 0 || p.Units[n-1].Unit != unit {
			p.Units = append(p.Units, UnitTotal{Unit: strings.Clone(unit)})
		}
		p.Units[len(p.Units)-1].N++
		hashes = append(hashes, sha256.Sum256([]byte(s.Receipt(campaign, unit, key))))
	}
	p.Total = int64(len(hashes))
	slices.SortFunc(hashes, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	lines := make([]byte, 0, len(hashes)*ReceiptLine)
	for i := range hashes {
		lines = append(hex.AppendEncode(lines, hashes[i][:]), '\n')
	}
	return lines, nil
}

// ReceiptPage returns up to n hashes of a list from a place on, counted from 0.
func (s *Store) ReceiptPage(ctx context.Context, p *Published, from int64, n int) ([]string, error) {
	r, err := s.files.Open(ctx, p.File)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, from*ReceiptLine); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.response")
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(n)*ReceiptLine))
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(data)), nil
}

// ReceiptPlace returns where a hash stands in a list, counted from 0; -1 when
// it does not.
func (s *Store) ReceiptPlace(ctx context.Context, p *Published, hash string) (int64, error) {
	if len(hash) != ReceiptLine-1 {
		return -1, nil
	}
	r, err := s.files.Open(ctx, p.File)
	if err != nil {
		return -1, err
	}
	defer r.Close()
	lines, err := io.ReadAll(r)
	if err != nil {
		return -1, err
	}
	n := sort.Search(len(lines)/ReceiptLine, func(i int) bool { return string(lines[i*ReceiptLine:i*ReceiptLine+len(hash)]) >= hash })
	if !bytes.HasPrefix(lines[min(n*ReceiptLine, len(lines)):], []byte(hash)) {
		return -1, nil
	}
	return int64(n), nil
}
