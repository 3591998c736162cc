package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// FileOptions fit the suite of files to a store.
type FileOptions struct {
	// Damage changes one byte of the stored content of this hash.
	Damage func(t *testing.T, sha string)
}

// mib is a limit that the small files of the cases keep.
const mib = 1 << 20

// RunFiles runs the contract of docstore.Files on an empty store.
func RunFiles(t *testing.T, f docstore.Files, o FileOptions) {
	t.Run("sizes", func(t *testing.T) { testFileSizes(t, f) })
	t.Run("refused", func(t *testing.T) { testFileRefused(t, f) })
	t.Run("missing", func(t *testing.T) { testFileMissing(t, f) })
	t.Run("same", func(t *testing.T) { testFileSame(t, f) })
	t.Run("damaged", func(t *testing.T) { testFileDamaged(t, f, o) })
}

// content returns n bytes that look random, and their hash.
func content(n int, seed uint64) (b []byte, sha string) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	b = make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	sum := sha256.Sum256(b)
	return b, hex.EncodeToString(sum[:])
}

func read(t *testing.T, f docstore.Files, sha string) ([]byte, error) {
	t.Helper()
	rc, err := f.Open(context.Background(), sha)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(rc)
	if e := rc.Close(); e != nil {
		t.Errorf("close: %v", e)
	}
	return b, err
}

// testFileSizes stores files of sizes around those of buffers and chunks.
func testFileSizes(t *testing.T, f docstore.Files) {
	ctx := context.Background()
	for _, n := range []int{0, 1, 4096, 255 << 10, 255<<10 + 1, 3 << 20} {
		b, want := content(n, 1)
		sha, size, err := f.Put(ctx, iotest.HalfReader(bytes.NewReader(b)), int64(n))
		if err != nil || sha != want || size != int64(n) {
			t.Errorf("put of %d bytes = %s, %d, %v, want %s", n, sha, size, err, want)
			continue
		}
		if got, err := read(t, f, sha); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%d bytes came back as %d bytes, %v", n, len(got), err)
		}
	}
}

// testFileRefused leaves nothing of a file that is too large or breaks off.
func testFileRefused(t *testing.T, f docstore.Files) {
	b, sha := content(600<<10, 2)
	_, _, err := f.Put(context.Background(), bytes.NewReader(b), int64(len(b))-1)
	fails(t, "put over the limit", err, fault.TooLarge)
	broken := io.MultiReader(bytes.NewReader(b), iotest.ErrReader(errors.New("connection reset")))
	_, _, err = f.Put(context.Background(), broken, mib)
	fails(t, "put of a reader that fails", err, fault.Malformed)
	own := fault.New(fault.Unsupported, "test.type")
	_, _, err = f.Put(context.Background(), io.MultiReader(bytes.NewReader(b), iotest.ErrReader(own)), mib)
	fails(t, "put of a reader that fails with a fault", err, fault.Unsupported)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = f.Put(ctx, bytes.NewReader(b), mib)
	fails(t, "put with a cancelled context", err, fault.Timeout)
	_, err = f.Open(ctx, sha)
	fails(t, "open with a cancelled context", err, fault.Timeout)
	fails(t, "delete with a cancelled context", f.Delete(ctx, sha), fault.Timeout)
	_, err = f.Open(context.Background(), sha)
	fails(t, "open of a refused file", err, fault.NotFound)
}

func testFileMissing(t *testing.T, f docstore.Files) {
	for _, sha := range []string{"", "..", "../../etc/passwd", strings.Repeat("a", 64), strings.Repeat("A", 64), strings.Repeat("/", 64)} {
		_, err := f.Open(context.Background(), sha)
		fails(t, "open "+sha, err, fault.NotFound)
		if err := f.Delete(context.Background(), sha); err != nil {
			t.Errorf("delete %q: %v", sha, err)
		}
	}
}

// testFileSame stores one content from several goroutines and deletes it once.
func testFileSame(t *testing.T, f docstore.Files) {
	ctx := context.Background()
	b, sha := content(100<<10, 3)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, _, err := f.Put(ctx, bytes.NewReader(b), mib); err != nil || got != sha {
				t.Errorf("put = %s, %v, want %s", got, err, sha)
			}
		})
	}
	wg.Wait()
	if got, err := read(t, f, sha); err != nil || !bytes.Equal(got, b) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	if err := f.Delete(ctx, sha); err != nil {
		t.Errorf("delete: %v", err)
	}
	_, err := f.Open(ctx, sha)
	fails(t, "open after delete", err, fault.NotFound)
}

// testFileDamaged must not pass off changed content as the file.
func testFileDamaged(t *testing.T, f docstore.Files, o FileOptions) {
	b, sha := content(400<<10, 4)
	if _, _, err := f.Put(context.Background(), bytes.NewReader(b), mib); err != nil {
		t.Fatal(err)
	}
	o.Damage(t, sha)
	_, err := read(t, f, sha)
	fails(t, "read of a damaged file", err, fault.Internal)
}
