package localpg

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
)

// minMajor is the oldest PostgreSQL that the schema is tested on.
const minMajor = 14

// ErrNoBinaries says that this machine has no PostgreSQL server programs that can be used.
var ErrNoBinaries = errors.New("no PostgreSQL server programs found")

// binaries is one installation: the folder that holds postgres and initdb, and its major version.
type binaries struct {
	dir   string
	major int
}

// places where distributions put the server's programs without putting them on the PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // Red Hat and kin, PostgreSQL's own packages
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",    // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	"/var/lib/postgresql/*/bin", "/usr/local/pgsql/bin",  // built from source
}

// findBinaries returns the installation whose major version is wanted, or the newest one where wanted is 0.
func findBinaries(wanted int) (binaries, error) {
	var newest binaries
	for _, dir := range candidates() {
		major, err := majorOf(dir)
		if err != nil || major < minMajor {
			continue
		}
		if major == wanted {
			return binaries{dir, major}, nil
		}
		if major > newest.major {
			newest = binaries{dir, major}
		}
	}
	if newest.major == 0 {
		return binaries{}, fmt.Errorf("%w (version %d or later): %s, or set DATABASE_URL", ErrNoBinaries, minMajor, installHint())
	}
	return newest, nil
}

func candidates() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			path = resolved
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range places {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	return dirs
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf asks the programs in dir for their version; both the server and initdb must be there.
func majorOf(dir string) (int, error) {
	for _, program := range []string{"initdb", "postgres"} {
		out, err := exec.Command(filepath.Join(dir, program), "--version").Output()
		if err != nil {
			return 0, err
		}
		m := versionPattern.FindSubmatch(out)
		if m == nil {
			return 0, fmt.Errorf("%s in %s says %q", program, dir, out)
		}
		if program == "postgres" {
			return strconv.Atoi(string(m[1]))
		}
	}
	return 0, nil
}

func installHint() string {
	if runtime.GOOS == "darwin" {
		return "install them with `brew install postgresql@17`"
	}
	return "install them with `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora) or your system's package"
}
