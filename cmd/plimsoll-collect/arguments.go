package main

import (
	"errors"
	"regexp"
	"strings"
)

// What looks like a secret: Plimsoll's own tokens, and the signed ones that clusters and sign-ins use.
var secretShape = regexp.MustCompile(`plim_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.|(?i:bearer )\S`)

// refuseSecrets ends a run whose arguments hold a token, without repeating it: everybody on the machine can read them, and shells
// remember them.
func refuseSecrets(arguments []string) error {
	for _, argument := range arguments {
		if secretShape.MatchString(argument) {
			return errors.New("an argument looks like a token, which everybody on this machine can read now: revoke it, and give the next one by --token-file FILE or PLIMSOLL_TOKEN")
		}
		if name, _, _ := strings.Cut(argument, "="); name == "--token" || name == "-token" {
			return errors.New("a token is never an argument, which everybody on this machine could read: give it by --token-file FILE or PLIMSOLL_TOKEN")
		}
	}
	return nil
}
