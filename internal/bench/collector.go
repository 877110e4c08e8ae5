package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// measureCollector weighs the collector against the smallest program that Go builds here.
func measureCollector(t *table, dir string) error {
	binary, err := os.Stat("bin/plimsoll-collect")
	if err != nil {
		return fmt.Errorf("weigh the collector: %w", err)
	}
	source, empty := filepath.Join(dir, "empty.go"), filepath.Join(dir, "empty")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", empty, source).CombinedOutput(); err != nil {
		return fmt.Errorf("build the empty program: %w: %s", err, out)
	}
	floor, err := os.Stat(empty)
	if err != nil {
		return err
	}
	size, least := float64(binary.Size())/1e6, float64(floor.Size())/1e6
	t.add(figure{"plimsoll-collect, stripped", size, 20, "MB", fmt.Sprintf("%.1f × an empty program (%.1f MB)", size/least, least)})
	return nil
}
