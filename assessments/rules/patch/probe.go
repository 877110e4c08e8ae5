package patch

import (
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Handler repeats what a probe asks, for another probe of the same container. It reports false where the snapshot holds less
// than the probe says (a command, a scheme, headers): half a handler would be a probe that fails.
func Handler(p *snapshot.Probe) (Field, bool) {
	if p.CommandDigest != "" || p.Port == "" {
		return Field{}, false
	}
	switch p.Handler {
	case "httpGet":
		return Field{"httpGet", Fields{{"path", p.Path}, {"port", Port(p.Port)}}}, p.Path != ""
	case "tcpSocket", "grpc":
		return Field{p.Handler, Fields{{"port", Port(p.Port)}}}, true
	}
	return Field{}, false
}

// Port writes a port as the API wants it: digits as a number, else the name.
func Port(text string) any {
	if number, is := facts.PortNumber(text); is {
		return number
	}
	return text
}
