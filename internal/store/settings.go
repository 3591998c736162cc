package store

import (
	"context"
	"crypto/rand"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

const settingsID = "province"

// Settings are what the province says of itself on pages and documents.
type Settings struct {
	Province   string   `bson:"province"`   // "Tỉnh Minh Họa"
	Parent     string   `bson:"parent"`     // line above the agency on documents
	Agency     string   `bson:"agency"`     // the agency that issues them
	Place      string   `bson:"place"`      // "Minh Họa", before the date
	Symbol     string   `bson:"symbol"`     // "/BC-SNV"
	SignTitle  []string `bson:"sign_title"` // "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
	Signer     string   `bson:"signer"`
	Recipients []string `bson:"recipients"` // Nơi nhận
	// Phone is where respondents may ask, as printed: consents promise it.
	Phone string `bson:"phone,omitempty"`
	Demo  bool   `bson:"demo,omitempty"`
}

// Settings returns the settings; before they are first saved they are empty.
func (s *Store) Settings(ctx context.Context) (Settings, int64, error) {
	v, version, err := get[Settings](ctx, s, settings, settingsID, "store.settings")
	if fault.Is(err, fault.NotFound) {
		return Settings{}, 0, nil
	}
	return v, version, err
}

// PutSettings saves the settings over a version (0: the first time).
func (s *Store) PutSettings(ctx context.Context, v Settings, version int64) error {
	_, err := put(ctx, s, settings, settingsID, version, v)
	return err
}

type secretDoc struct {
	docstore.Meta `bson:",inline"`
	Key           []byte `bson:"key"`
}

// secretSize is the length of a secret the program makes itself, in bytes.
const secretSize = 32

// keptSecret returns the secret in the database and makes it at first use; two
// processes that start at once agree on one.
func (s *Store) keptSecret(ctx context.Context) ([]byte, error) {
	d, err := docstore.Get[secretDoc](ctx, s.db, settings, "secret")
	if !fault.Is(err, fault.NotFound) {
		return d.Key, err
	}
	d = secretDoc{Meta: docstore.Meta{ID: "secret"}, Key: make([]byte, secretSize)}
	_, _ = rand.Read(d.Key) // never fails (crypto/rand)
	err = docstore.Put(ctx, s.db, settings, &d)
	if fault.Is(err, fault.Conflict) {
		d, err = docstore.Get[secretDoc](ctx, s.db, settings, "secret")
	}
	return d.Key, err
}
