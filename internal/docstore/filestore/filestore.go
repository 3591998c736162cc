// Package filestore keeps files by content in a folder: FOLDER/ab/cd/abcd…,
// named by the SHA-256. A file is complete and on the disk before it has its
// name, so a crash leaves nothing but a temporary file.
package filestore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// temporary is the folder of files on their way in.
const temporary = "tmp"

// abandoned is the age at which a temporary file is a crash's remains.
const abandoned = 24 * time.Hour

// Store implements docstore.Files.
type Store struct{ dir string }

var _ docstore.Files = (*Store)(nil)

// Open makes the folder if needed and clears what crashes left in it. It fails
// with Unavailable and docstore.open.
func Open(dir string) (*Store, error) {
	s := &Store{dir}
	tmp := filepath.Join(dir, temporary)
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "docstore.open", dir)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "docstore.open", dir)
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(tmp, e.Name()))
		}
	}
	return s, nil
}

// path is where a file of this hash is.
func (s *Store) path(sha string) string {
	return filepath.Join(s.dir, sha[:2], sha[2:4], sha)
}

// asFault turns an error of the file system into a fault.
func asFault(err error) error {
	if err == nil {
		return nil
	}
	return docstore.ErrEngine(context.Background(), err, fault.Unavailable)
}

// Put implements docstore.Files.
func (s *Store) Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, temporary), "put-*")
	if err != nil {
		return "", 0, asFault(err)
	}
	defer os.Remove(f.Name()) // it has another name if all went well
	in := docstore.NewIntake(ctx, r, max)
	_, err = io.Copy(f, in)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "", 0, asFault(err)
	}
	sha, size = in.Result()
	return sha, size, asFault(s.adopt(f.Name(), sha))
}

// adopt gives a finished file its name. One that is there already is replaced,
// which mends it if it was damaged.
func (s *Store) adopt(name, sha string) error {
	path := s.path(sha)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(name, path); err != nil {
		return err
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil || dir == filepath.Clean(s.dir) {
			return err
		}
	}
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// Open implements docstore.Files.
func (s *Store) Open(ctx context.Context, sha string) (io.ReadCloser, error) {
	if ctx.Err() != nil {
		return nil, docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout)
	}
	if !docstore.IsSHA(sha) {
		return nil, docstore.ErrFileMissing(sha)
	}
	f, err := os.Open(s.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, docstore.ErrFileMissing(sha)
	} else if err != nil {
		return nil, asFault(err)
	}
	return docstore.Verify(f, sha, asFault), nil
}

// Delete implements docstore.Files.
func (s *Store) Delete(ctx context.Context, sha string) error {
	if ctx.Err() != nil {
		return docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout)
	}
	if !docstore.IsSHA(sha) {
		return nil
	}
	path := s.path(sha)
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return asFault(err)
	}
	return asFault(syncDir(filepath.Dir(path)))
}
