package mongo

import (
	"context"
	"errors"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// fileBucket is the GridFS bucket; a file's name is its hash, and unnamed while
// it is on its way in.
const (
	fileBucket = "files"
	unnamed    = "uploading"
)

// Files keeps files in GridFS. It implements docstore.Files.
type Files struct{ db *DB }

var _ docstore.Files = (*Files)(nil)

// Files returns the file store inside the database.
func (db *DB) Files() *Files { return &Files{db} }

// bucket returns a bucket of its own for each call: the driver's is not safe
// for use by several goroutines.
func (f *Files) bucket() *driver.GridFSBucket {
	return f.db.db.GridFSBucket(options.GridFSBucket().SetName(fileBucket))
}

// Put implements docstore.Files. The upload gets its name only when it is
// complete; one that was there before wins. Two at the same moment may both
// stay, which only costs their space: Delete removes all of a name.
func (f *Files) Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error) {
	if err := f.db.enter(ctx); err != nil {
		return "", 0, err
	}
	defer f.db.pending.Done()
	in := docstore.NewIntake(ctx, r, max)
	id, bucket := bson.NewObjectID(), f.bucket()
	if err := bucket.UploadFromStreamWithID(ctx, id, unnamed, in); err != nil {
		f.discard(ctx, id)
		return "", 0, asFault(ctx, err)
	}
	sha, size = in.Result()
	there, err := f.find(ctx, sha)
	if err != nil {
		return "", 0, err
	}
	if len(there) > 0 {
		err = bucket.Delete(ctx, id)
	} else {
		err = bucket.Rename(ctx, id, sha)
	}
	return sha, size, asFault(ctx, err)
}

// discard removes the chunks of an upload that failed, also when it failed
// because ctx has ended.
func (f *Files) discard(ctx context.Context, id bson.ObjectID) {
	lim, cancel := limited(context.WithoutCancel(ctx))
	defer cancel()
	_, _ = f.bucket().GetChunksCollection().DeleteMany(lim, bson.D{{Key: "files_id", Value: id}})
}

// find returns the ids of the files of a hash.
func (f *Files) find(ctx context.Context, sha string) ([]any, error) {
	lim, cancel := limited(ctx)
	defer cancel()
	cursor, err := f.bucket().Find(lim, bson.D{{Key: "filename", Value: sha}})
	if err != nil {
		return nil, asFault(ctx, err)
	}
	var docs []struct {
		ID any `bson:"_id"`
	}
	if err := cursor.All(lim, &docs); err != nil {
		return nil, asFault(ctx, err)
	}
	var ids []any
	for _, d := range docs {
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// Open implements docstore.Files.
func (f *Files) Open(ctx context.Context, sha string) (io.ReadCloser, error) {
	if err := f.db.enter(ctx); err != nil {
		return nil, err
	}
	stream, err := f.open(ctx, sha)
	if err != nil {
		f.db.pending.Done()
		return nil, err
	}
	rc := &stored{GridFSDownloadStream: stream, db: f.db}
	return docstore.Verify(rc, sha, func(err error) error { return fileFault(ctx, err) }), nil
}

func (f *Files) open(ctx context.Context, sha string) (*driver.GridFSDownloadStream, error) {
	if !docstore.IsSHA(sha) {
		return nil, docstore.ErrFileMissing(sha)
	}
	ids, err := f.find(ctx, sha)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, docstore.ErrFileMissing(sha)
	}
	stream, err := f.bucket().OpenDownloadStream(ctx, ids[0])
	if errors.Is(err, driver.ErrFileNotFound) {
		return nil, docstore.ErrFileMissing(sha)
	}
	return stream, asFault(ctx, err)
}

// fileFault is asFault for the errors of a download: a chunk that is missing
// or has the wrong size is changed content.
func fileFault(ctx context.Context, err error) error {
	if errors.Is(err, driver.ErrMissingChunk) || errors.Is(err, driver.ErrWrongSize) {
		return fault.Wrap(err, fault.Internal, "docstore.filechanged")
	}
	return asFault(ctx, err)
}

// stored is a download that lets Close of the database wait for it.
type stored struct {
	*driver.GridFSDownloadStream
	db   *DB
	done bool
}

// Close implements io.Closer.
func (s *stored) Close() error {
	err := s.GridFSDownloadStream.Close()
	if !s.done {
		s.done = true
		s.db.pending.Done()
	}
	return asFault(context.Background(), err)
}

// Delete implements docstore.Files.
func (f *Files) Delete(ctx context.Context, sha string) error {
	if err := f.db.enter(ctx); err != nil {
		return err
	}
	defer f.db.pending.Done()
	if !docstore.IsSHA(sha) {
		return nil
	}
	ids, err := f.find(ctx, sha)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := f.bucket().Delete(ctx, id); err != nil && !errors.Is(err, driver.ErrFileNotFound) {
			return asFault(ctx, err)
		}
	}
	return nil
}
