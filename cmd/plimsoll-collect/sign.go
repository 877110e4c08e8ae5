package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
)

// addSign adds what signs a snapshot to the flags that say where the token is.
func (f *uploadFlags) addSign(command *cobra.Command) {
	command.Flags().BoolVar(&f.sign, "sign", false, "sign the snapshot with the token's key, also where it only goes to a file: the server says whose it is")
}

// addSignAlone adds what signs a snapshot of a command that sends nothing.
func (f *uploadFlags) addSignAlone(command *cobra.Command) {
	command.Flags().BoolVar(&f.sign, "sign", false, "sign the snapshot with the key of the token in --token-file: the server says whose it is")
	command.Flags().StringVar(&f.tokenFile, "token-file", "", "`FILE` with the API token that signs (default: PLIMSOLL_TOKEN_FILE, or the token itself in PLIMSOLL_TOKEN)")
}

// signing is what signs a snapshot of a command that sends nothing.
func (f *uploadFlags) signing() (snapshot.WriterOption, error) {
	if !f.sign && f.tokenFile != "" {
		return nil, errors.New("--token-file is for signing: say --sign; plimsoll-collect upload sends what is written")
	}
	key, err := f.signingKey()
	return snapshot.SignedBy(key), err
}

// signingKey is the key that the token signs with; nil where nothing is signed.
func (f *uploadFlags) signingKey() (ed25519.PrivateKey, error) {
	if !f.sign {
		return nil, nil
	}
	token, err := f.token()
	if err != nil {
		return nil, fmt.Errorf("--sign takes the token's key: %w", err)
	}
	return snapshot.SigningKey(token), nil
}

// signatureLine says in inspect what stands in a trailer. Whose the key is, and whether it made the signature, only the server can say.
func signatureLine(keyID string) string {
	if keyID == "" {
		return "not signed"
	}
	return "signed with the key " + plain(keyID) + "; the server says whose it is"
}
