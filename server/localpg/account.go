//go:build unix

package localpg

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user that the database runs as.
type account struct {
	name       string
	uid, gid   int
	credential *syscall.Credential // nil: ourselves
	caller     string              // the system user that this process runs as
}

// accountFor returns ourselves, or for root, which PostgreSQL refuses to run as, the packaged user or nobody.
func accountFor(euid int) (*account, error) {
	self, err := user.LookupId(strconv.Itoa(euid))
	if err != nil {
		return nil, fmt.Errorf("system user %d has no name, which PostgreSQL needs: %w", euid, err)
	}
	if euid != 0 {
		return &account{name: self.Username, uid: euid, gid: os.Getegid(), caller: self.Username}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(found.Uid)
		gid, errGID := strconv.Atoi(found.Gid)
		if err := errors.Join(errUID, errGID); err != nil {
			return nil, fmt.Errorf("system user %s: %w", name, err)
		}
		credential := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{uint32(gid)}}
		return &account{name: name, uid: uid, gid: gid, credential: credential, caller: self.Username}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

func (a *account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	if err := os.Chown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("owner of %s: %w", path, err)
	}
	return nil
}

// makeOwn makes a folder that only the database's account may enter. One that belongs to somebody else is refused: a stranger who
// put it there first could read or replace what goes in.
func (a *account) makeOwn(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o711); err != nil {
		return fmt.Errorf("folder of the database: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err == nil {
		return a.own(dir)
	} else if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("folder of the database: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("folder of the database: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm()&0o077 != 0 || int(stat.Uid) != a.uid {
		return fmt.Errorf("%s must be a folder of user %s alone (mode 0700)", dir, a.name)
	}
	return nil
}

// maxSocketPath is what sun_path holds on Linux, without its ending zero; other systems hold a little less.
const maxSocketPath = 103

// socketDir is a short folder for the socket, one for each database folder.
func (a *account) socketDir(dir string) (string, error) {
	name := "plimsoll-" + strconv.Itoa(a.uid) + "-" + socketKey(dir)
	roots := []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"}
	if a.credential != nil {
		roots = []string{"/run", "/tmp"}
	}
	var last error
	for _, root := range roots {
		path := filepath.Join(root, name)
		if root == "" || len(filepath.Join(path, ".s.PGSQL.5432.lock")) > maxSocketPath {
			continue
		}
		if last = a.makeOwn(path); last == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no folder for the database's socket: %w", last)
}

// socketKey tells the sockets of several database folders apart.
func socketKey(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:4])
}

// canReach tells early, and in words, where the database's account may not enter the folder: PostgreSQL's own message names only
// the file.
func (a *account) canReach(binDir, dataDir string) error {
	probe := exec.Command(filepath.Join(binDir, "postgres"), "--version")
	probe.Dir = dataDir
	probe.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	if err := probe.Run(); err != nil {
		return fmt.Errorf("the database runs as user %s, who can't use %s: choose another folder by PLIMSOLL_DATA, such as /var/lib/plimsoll: %w", a.name, dataDir, err)
	}
	return nil
}

// DefaultDir is where data lives when nothing else is said: PLIMSOLL_DATA, /var/lib/plimsoll for root, else the user's own data
// folder by the XDG convention.
func DefaultDir() (string, error) {
	if dir := os.Getenv("PLIMSOLL_DATA"); dir != "" {
		return dir, nil
	}
	if os.Geteuid() == 0 {
		return "/var/lib/plimsoll", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "plimsoll"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("data folder: %w; set PLIMSOLL_DATA", err)
	}
	return filepath.Join(home, ".local", "share", "plimsoll"), nil
}
