package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/redaction"
	"plimsoll/assessments/snapshot"
)

// redactFlags say whether names leave.
type redactFlags struct {
	names   bool
	keyFile string
}

func (f *redactFlags) add(command *cobra.Command) {
	command.Flags().BoolVar(&f.names, "redact-names", false, "put pseudonyms in the place of names; needs --redact-key-file")
	command.Flags().StringVar(&f.keyFile, "redact-key-file", "", "`FILE` with the key of the pseudonyms (plimsoll-collect redact-key makes one); keep it: reveal needs it")
}

// key is nil where names stay as they are.
func (f *redactFlags) key() (*pseudonym.Key, error) {
	switch {
	case !f.names && f.keyFile == "":
		return nil, nil
	case !f.names:
		return nil, errors.New("--redact-key-file does nothing without --redact-names")
	case f.keyFile == "":
		return nil, errors.New("--redact-names needs a key: name it with --redact-key-file FILE")
	}
	return readKey(f.keyFile)
}

// writing are the options of a snapshot's writer.
func (f *redactFlags) writing() ([]snapshot.WriterOption, error) {
	key, err := f.key()
	if key == nil || err != nil {
		return nil, err
	}
	return []snapshot.WriterOption{snapshot.Through(redaction.New(key).Record)}, nil
}

func readKey(name string) (*pseudonym.Key, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no key at %s: make one with plimsoll-collect redact-key %s", name, name)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, cause(err))
	}
	defer file.Close()
	secret, err := io.ReadAll(io.LimitReader(file, pseudonym.MostKeyBytes+64))
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, cause(err))
	}
	key, err := pseudonym.NewKey(secret)
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, err)
	}
	return key, nil
}

func newRedactKey() *cobra.Command {
	return &cobra.Command{
		Use:   "redact-key FILE",
		Short: "Make a key for --redact-names, in a file that you alone can read",
		Long: `Make a key for --redact-names, in a file that you alone can read.

The same key gives the same pseudonyms: keep it as long as reports are to be mapped back and snapshots
compared, and give it to nobody who shall not know the names. A file that is there is left alone.`,
		Example: `  plimsoll-collect redact-key names.key
  plimsoll-collect cluster --redact-names --redact-key-file names.key --out cluster.plimsoll.gz
  plimsoll-collect reveal --redact-key-file names.key < report.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return makeKey(command.ErrOrStderr(), arguments[0])
		},
	}
}

// makeKey writes a new key; it never touches a file that is there, for an older key is lost with it.
func makeKey(stderr io.Writer, name string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: a key that is overwritten maps nothing back", name)
	}
	if err != nil {
		return fmt.Errorf("make the key %s: %w", name, cause(err))
	}
	secret := make([]byte, pseudonym.LeastKeyBytes)
	_, _ = rand.Read(secret) // never fails
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		os.Remove(name)
		return fmt.Errorf("make the key %s: %w", name, cause(err))
	}
	fmt.Fprintf(stderr, "made %s; keep it: without it no pseudonym is mapped back\n", name)
	return nil
}
