package storetest

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// serverModule is the nested module of the server, from the module's root.
const serverModule = "internal/docstore/storetest/ferret"

// Require names the variable that, set to 1, makes a server that cannot be
// built a failure instead of a skip.
const Require = "THANTHIEN_REQUIRE_FERRETDB"

// ServerURI starts a MongoDB-wire server (FerretDB, built once into the cache
// folder of the user) for the length of the test and returns its URI. It skips
// the test if the server's modules cannot be had.
func ServerURI(t testing.TB) string {
	t.Helper()
	bin := buildServer(t)
	cmd := exec.Command(bin, t.TempDir())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // it ends with its input, also when this process is killed
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the FerretDB server printed no URI: %v", err)
	}
	return strings.TrimSpace(line)
}

// buildServer returns the path of the server's binary, named after a hash of
// its sources so that a change builds it anew.
func buildServer(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(moduleRoot(t), filepath.FromSlash(serverModule))
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range []string{"main.go", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(b)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "thanthien-test")
	bin := filepath.Join(cache, fmt.Sprintf("ferretdb-%x", sum.Sum(nil)[:8]))
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := goCommand(dir, "mod", "download"); err != nil {
		if os.Getenv(Require) == "1" {
			t.Fatalf("%s is 1, but the FerretDB server's modules cannot be had: %s", Require, lastLine(out))
		}
		t.Skipf("the FerretDB server cannot be built without its modules (is there a network?): %s", lastLine(out))
	}
	fresh := fmt.Sprintf("%s.%d", bin, os.Getpid())
	if out, err := goCommand(dir, "build", "-o", fresh, "."); err != nil {
		t.Fatalf("building the FerretDB server: %v\n%s", err, out)
	}
	if err := os.Rename(fresh, bin); err != nil {
		t.Fatal(err)
	}
	return bin
}

func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -buildvcs=false"))
	return cmd.CombinedOutput()
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// moduleRoot walks up from the test's folder to the module's root.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(serverModule), "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatalf("%s is in no folder above the test", serverModule)
		}
		dir = up
	}
}
