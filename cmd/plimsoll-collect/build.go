package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"

	"plimsoll/assessments/snapshot"
)

func versionLine() string {
	return fmt.Sprintf("plimsoll-collect %s (%s %s/%s, %s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, snapshot.Schema)
}

// buildDigest is the SHA-256 of this program, by which a snapshot can be traced to a released binary; empty where it cannot be
// read.
func buildDigest() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}
