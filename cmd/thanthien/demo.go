package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"thanthien/internal/config"
	"thanthien/internal/demo"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
)

func runDemo(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "demo")
	addr := fs.String("addr", "", "address to listen on (THANTHIEN_ADDR, :8080)")
	dir := fs.String("data", "demo-data", "folder of the demo's own database")
	reset := fs.Bool("reset", false, "throw the demo's database away and start over")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 {
		return usageError{"demo takes no arguments, only flags"}
	}
	c, log, err := loadConfig(e)
	if err != nil {
		return err
	}
	if *addr != "" {
		c.Addr = *addr
	}
	c = withDB(c, filepath.Join(*dir, "demo.db"))
	d, err := openDemo(ctx, e, c, *dir, *reset)
	if err != nil {
		return err
	}
	defer d.Close()
	if c.BaseURL == "" {
		c.BaseURL = demoURL(c.Addr)
	}
	return serve(ctx, c, log, d, func(base string) { e.printf("%s", welcome(base)) })
}

// openDemo opens the demo's database and fills it if it is new. One that was
// only half filled is started over; a folder with anything else is refused.
func openDemo(ctx context.Context, e *env, c config.Config, dir string, reset bool) (*database, error) {
	if reset {
		if err := removeDemo(c.DB); err != nil {
			return nil, err
		}
	}
	_, log, err := loadConfig(e)
	if err != nil {
		return nil, err
	}
	d, err := openDatabase(ctx, c, log)
	if err != nil {
		return nil, err
	}
	filled, err := demo.Filled(ctx, d.Store)
	if err != nil || filled {
		return d, err
	}
	has, err := d.HasUsers(ctx)
	if err != nil {
		return nil, err
	}
	if has { // a run that was stopped half-way
		if err := d.Close(); err != nil {
			return nil, err
		}
		if err := removeDemo(c.DB); err != nil {
			return nil, err
		}
		if d, err = openDatabase(ctx, c, log); err != nil {
			return nil, err
		}
	}
	e.say("Filling %s with Tỉnh Minh Họa (fictional): %d communes, three years …", dir, demo.Communes)
	return d, demo.Fill(ctx, d.Store, time.Now())
}

// removeDemo deletes the demo's database files, and nothing else.
func removeDemo(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			return fault.Wrap(err, fault.Invalid, "file.write", path)
		}
	}
	return nil
}

// demoURL is plain http on this machine.
func demoURL(addr string) string {
	_, port, _ := strings.Cut(addr, ":")
	return "http://localhost:" + port
}

// welcome lists the pages to open and the logins.
func welcome(base string) string {
	var b strings.Builder
	year := time.Now().In(vi.Zone).Year()
	fmt.Fprintf(&b, "\nthanthien demo: Tỉnh Minh Họa (dữ liệu không có thật)\n\n")
	fmt.Fprintf(&b, "  Trang chung      %s/\n", base)
	fmt.Fprintf(&b, "  Phiếu khảo sát   %s/k/hai-long-%d/99007\n", base, year)
	fmt.Fprintf(&b, "  Đăng nhập        %s/dang-nhap\n\n", base)
	fmt.Fprintf(&b, "  %-18s %-10s mật khẩu chung: %s\n", "Vai trò", "Tên", demo.Password)
	for _, l := range demo.Logins() {
		fmt.Fprintf(&b, "  %-18s %s\n", vi.Text("role."+string(l.Role)), l.Login)
	}
	fmt.Fprintf(&b, "\nCtrl+C to stop. Run again to go on with the same data, --reset to start over.\n")
	return b.String()
}
