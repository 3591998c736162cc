// Package config reads the environment once, at start, and checks all of it.
package config

import (
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/fault"
)

// Prefix starts every variable of the program.
const Prefix = "THANTHIEN_"

// MinSecret is the least length of THANTHIEN_SECRET, in bytes.
const MinSecret = 32

// Config is everything the environment may say. The env tag names the variable
// behind Prefix; the doc tag is its row in the README's table.
type Config struct {
	Addr           string `env:"ADDR" default:":8080" doc:"address to listen on"`
	DB             string `env:"DB" default:"./data/thanthien.db" doc:"path of the embedded database, or a mongodb:// URI"`
	Files          string `env:"FILES" doc:"folder for evidence files; empty: beside the embedded database, or GridFS on MongoDB"`
	BaseURL        string `env:"BASE_URL" doc:"public address, as residents type it; used in links and QR codes"`
	Secret         string `env:"SECRET" doc:"at least 32 random bytes that key receipts and cookies; or SECRET_FILE names a file with them; empty: made once and kept in the database"`
	TrustedProxies string `env:"TRUSTED_PROXIES" doc:"addresses or networks of reverse proxies whose X-Forwarded-* is believed, separated by commas"`
	SMTPHost       string `env:"SMTP_HOST" doc:"mail server for notices by e-mail; empty: notices stay in the program"`
	SMTPPort       string `env:"SMTP_PORT" default:"587" doc:"its port"`
	SMTPTLS        string `env:"SMTP_TLS" default:"starttls" doc:"how its connection is secured: starttls, tls, or none (the same machine or a trusted network)"`
	SMTPUser       string `env:"SMTP_USER" doc:"name to sign in there; empty: no sign-in"`
	SMTPPassword   string `env:"SMTP_PASSWORD" doc:"password to sign in there; or SMTP_PASSWORD_FILE names a file with it"`
	SMTPFrom       string `env:"SMTP_FROM" doc:"address that notices come from"`
	Log            string `env:"LOG" default:"info" doc:"least level logged: debug, info, warn, error"`
}

// Var is one variable as the README's table shows it.
type Var struct{ Name, Default, Doc string }

// Vars lists the variables in the struct's order.
func Vars() []Var {
	var vars []Var
	for f := range reflect.TypeFor[Config]().Fields() {
		vars = append(vars, Var{Prefix + f.Tag.Get("env"), f.Tag.Get("default"), f.Tag.Get("doc")})
	}
	return vars
}

// Load reads the variables through getenv and checks them. The error lists
// every problem at once. given are values that take the place of variables, by
// the name behind Prefix (command-line flags); empty ones do not count.
func Load(getenv func(string) string, given map[string]string) (Config, error) {
	var c Config
	v := reflect.ValueOf(&c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		value := given[tag.Get("env")]
		if value == "" {
			value = strings.TrimSpace(getenv(Prefix + tag.Get("env")))
		}
		if value == "" {
			value = tag.Get("default")
		}
		v.Field(i).SetString(value)
	}
	ps := readFile(&c.Secret, "SECRET", getenv)
	ps = append(ps, readFile(&c.SMTPPassword, "SMTP_PASSWORD", getenv)...)
	ps = append(ps, c.Validate()...)
	if c.Files == "" && !c.Mongo() {
		c.Files = filepath.Join(filepath.Dir(c.DB), "files")
	}
	return c, fault.List("config.invalid", ps)
}

// secretFiles are the variables that NAME_FILE may stand for.
var secretFiles = []string{"SECRET", "SMTP_PASSWORD"}

// readFile takes the value of a secret variable from the file that NAME_FILE
// names, if it does.
func readFile(value *string, name string, getenv func(string) string) []fault.Problem {
	variable := Prefix + name + "_FILE"
	path := getenv(variable)
	if path == "" {
		return nil
	}
	if *value != "" {
		return []fault.Problem{{Path: variable, Key: "config.secretTwice", Args: []any{Prefix + name, variable}}}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return []fault.Problem{{Path: variable, Key: "config.secretFile", Args: []any{path}}}
	}
	*value = strings.TrimSpace(string(data))
	return nil
}

// Mongo reports whether the database is a MongoDB URI.
func (c Config) Mongo() bool {
	return strings.HasPrefix(c.DB, "mongodb://") || strings.HasPrefix(c.DB, "mongodb+srv://")
}

// Validate returns every problem of the values.
func (c Config) Validate() []fault.Problem {
	var ps []fault.Problem
	bad := func(name, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: Prefix + name, Key: key, Args: args})
	}
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || !validPort(port) {
		bad("ADDR", "config.addr", c.Addr)
	}
	if strings.Contains(c.DB, "://") && !c.Mongo() {
		bad("DB", "config.db", c.DB)
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Host == "") {
		bad("BASE_URL", "config.baseURL", c.BaseURL)
	}
	if c.Secret != "" && len(c.Secret) < MinSecret {
		bad("SECRET", "config.secret", MinSecret)
	}
	for _, p := range c.Proxies() {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				bad("TRUSTED_PROXIES", "config.proxies", p)
			}
		}
	}
	if c.SMTPHost != "" {
		ps = append(ps, c.validateSMTP()...)
	}
	if _, err := c.Level(); err != nil {
		bad("LOG", "config.log", c.Log)
	}
	return ps
}

// validateSMTP returns the problems of a mail server that was named.
func (c Config) validateSMTP() []fault.Problem {
	var ps []fault.Problem
	bad := func(name, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: Prefix + name, Key: key, Args: args})
	}
	if strings.ContainsAny(c.SMTPHost, ":/ @") {
		bad("SMTP_HOST", "config.smtpHost", c.SMTPHost)
	}
	if !validPort(c.SMTPPort) {
		bad("SMTP_PORT", "config.smtpPort", c.SMTPPort)
	}
	if !slices.Contains([]string{"starttls", "tls", "none"}, c.SMTPTLS) {
		bad("SMTP_TLS", "config.smtpTLS", c.SMTPTLS)
	}
	if a, err := mail.ParseAddress(c.SMTPFrom); err != nil || a.Address != c.SMTPFrom {
		bad("SMTP_FROM", "config.smtpFrom", c.SMTPFrom)
	}
	if (c.SMTPUser == "") != (c.SMTPPassword == "") {
		bad("SMTP_USER", "config.smtpUser")
	}
	if c.BaseURL == "" {
		bad("BASE_URL", "config.smtpBase")
	}
	return ps
}

func validPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}

// Proxies returns the trusted proxies one by one.
func (c Config) Proxies() []string {
	return strings.FieldsFunc(c.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' })
}

// Level returns the log level.
func (c Config) Level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(c.Log))
	return l, err
}

// Unknown returns the variables in environ that start with Prefix and mean
// nothing, so that a typing mistake can be warned of.
func Unknown(environ []string) []string {
	known := map[string]bool{}
	for _, name := range secretFiles {
		known[Prefix+name+"_FILE"] = true
	}
	for _, v := range Vars() {
		known[v.Name] = true
	}
	var unknown []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, Prefix) && !known[name] && !strings.HasPrefix(name, Prefix+"TEST_") {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
