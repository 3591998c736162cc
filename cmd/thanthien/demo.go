package main

import (
	"context"
	"fmt"
	"log/slog"
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
	c, log, err := loadConfig(e, map[string]string{"ADDR": *addr})
	if err != nil {
		return err
	}
	c.DB, c.Files = filepath.Join(*dir, "demo.db"), filepath.Join(*dir, "files")
	d, err := openDemo(ctx, e, c, log, *reset)
	if err != nil {
		return err
	}
	defer d.Close()
	return serve(ctx, c, log, d, func(base string) { e.printf("%s", welcome(base)) })
}

// openDemo opens the demo's database and fills it if it is new. One that a demo
// left half filled is started over; one that is no demo is refused.
func openDemo(ctx context.Context, e *env, c config.Config, log *slog.Logger, reset bool) (*database, error) {
	if reset {
		if err := removeDemo(c.DB); err != nil {
			return nil, err
		}
	}
	d, err := openDatabase(ctx, c, log)
	if err != nil {
		return nil, err
	}
	state, err := demo.StateOf(ctx, d.Store)
	switch {
	case err == nil && state == demo.Foreign:
		err = fault.New(fault.Conflict, "cmd.notDemo", c.DB)
	case err == nil && state == demo.Half:
		if err = d.Close(); err == nil {
			return openDemo(ctx, e, c, log, true)
		}
		return nil, err
	case err == nil && state == demo.Empty:
		e.say("Filling %s with Tỉnh Minh Họa (fictional): %d communes, three years …", c.DB, demo.Communes)
		err = demo.Fill(ctx, d.Store, time.Now())
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
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

// welcome lists the pages to open and the logins.
func welcome(base string) string {
	var b strings.Builder
	year := time.Now().In(vi.Zone).Year()
	fmt.Fprintf(&b, "\nthanthien demo: Tỉnh Minh Họa (dữ liệu không có thật)\n\n")
	fmt.Fprintf(&b, "  Trang chung      %s/\n", base)
	fmt.Fprintf(&b, "  Phiếu khảo sát   %s/k/hai-long-%d/99007\n", base, year)
	fmt.Fprintf(&b, "  Phỏng vấn        %s/phong-van\n", base)
	fmt.Fprintf(&b, "  Kiosk            %s/kiosk   (Phường Minh Họa 07, PIN %s)\n", base, demo.KioskPIN)
	fmt.Fprintf(&b, "  Đăng nhập        %s/dang-nhap\n\n", base)
	fmt.Fprintf(&b, "  %-18s %-10s mật khẩu chung: %s\n", "Vai trò", "Tên", demo.Password)
	for _, l := range demo.Logins() {
		fmt.Fprintf(&b, "  %-18s %s\n", vi.Text("role."+string(l.Role)), l.Login)
	}
	fmt.Fprintf(&b, "\nCtrl+C to stop. Run again to go on with the same data, --reset to start over.\n")
	return b.String()
}
