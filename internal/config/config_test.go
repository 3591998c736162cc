package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thanthien/internal/fault"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestDefaults(t *testing.T) {
	c, err := Load(env(nil), nil)
	if err != nil || c.Addr != ":8080" || c.DB != "./data/thanthien.db" || c.Files != "data/files" || c.Mongo() {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	_, err := Load(env(map[string]string{
		"THANTHIEN_ADDR": "8080", "THANTHIEN_DB": "postgres://x", "THANTHIEN_BASE_URL": "minhhoa.vn", "THANTHIEN_SECRET": "short",
		"THANTHIEN_TRUSTED_PROXIES": "10.0.0.0/8, nonsense", "THANTHIEN_LOG": "loud", "THANTHIEN_SECRET_FILE": "/nowhere",
	}), nil)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Problems) != 7 {
		t.Fatalf("want 7 problems at once, got %v", err)
	}
}

// A flag takes the place of its variable and is checked like it.
func TestGiven(t *testing.T) {
	vars := env(map[string]string{"THANTHIEN_DB": "/a/b.db", "THANTHIEN_FILES": "/f"})
	c, err := Load(vars, map[string]string{"DB": "mongodb-tinh.db", "ADDR": ""})
	if err != nil || c.DB != "mongodb-tinh.db" || c.Files != "/f" || c.Mongo() || c.Addr != ":8080" {
		t.Fatalf("%+v, %v", c, err)
	}
	for name, value := range map[string]string{"DB": "postgres://x/y", "ADDR": ":80x"} {
		if _, err := Load(vars, map[string]string{name: value}); err == nil {
			t.Errorf("%s=%s is taken", name, value)
		}
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(strings.Repeat("k", MinSecret)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(env(map[string]string{"THANTHIEN_SECRET_FILE": path}), nil)
	if err != nil || c.Secret != strings.Repeat("k", MinSecret) {
		t.Fatalf("%q, %v", c.Secret, err)
	}
}

func TestUnknown(t *testing.T) {
	got := Unknown([]string{"THANTHIEN_SECERT=x", "THANTHIEN_DB=y", "THANTHIEN_TEST_MONGODB_URI=z", "HOME=/"})
	if len(got) != 1 || got[0] != "THANTHIEN_SECERT" {
		t.Fatal(got)
	}
}

// The README's table is what operators set their machine up by.
func TestReadmeTable(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range Vars() {
		row := "| `" + v.Name + "` | " + code(v.Default) + " | " + v.Doc + " |"
		if !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks the row\n%s", row)
		}
	}
	if got := strings.Count(string(readme), "| `"+Prefix); got != len(Vars()) {
		t.Errorf("README.md has %d variable rows, want %d", got, len(Vars()))
	}
}

func code(s string) string {
	if s == "" {
		return "none"
	}
	return "`" + s + "`"
}

// A mail server is checked only when one is named; the password may come from
// a file.
func TestSMTP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte("mat khau\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := map[string]string{"THANTHIEN_SMTP_HOST": "mail.minhhoa.vn", "THANTHIEN_SMTP_USER": "tt", "THANTHIEN_SMTP_PASSWORD_FILE": path, "THANTHIEN_SMTP_FROM": "tt@minhhoa.vn", "THANTHIEN_BASE_URL": "https://minhhoa.vn"}
	c, err := Load(env(good), nil)
	if err != nil || c.SMTPPassword != "mat khau" || c.SMTPPort != "587" || c.SMTPTLS != "starttls" {
		t.Fatalf("%+v, %v", c, err)
	}
	_, err = Load(env(map[string]string{"THANTHIEN_SMTP_HOST": "mail:25", "THANTHIEN_SMTP_PORT": "x", "THANTHIEN_SMTP_TLS": "ssl", "THANTHIEN_SMTP_USER": "tt", "THANTHIEN_SMTP_FROM": "Tỉnh <tt@minhhoa.vn>"}), nil)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Problems) != 6 {
		t.Fatalf("want 6 problems at once, got %v", err)
	}
	if u := Unknown([]string{"THANTHIEN_SMTP_PASSWORD_FILE=x", "THANTHIEN_SMTP_FORM=x"}); len(u) != 1 {
		t.Fatal(u)
	}
}
