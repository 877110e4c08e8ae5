// Package deploytest tries what stands in deploy/ and docker-compose.yml as far as a machine without containers and nodes can: parsed by
// the tools' own code, taken by a real API server, a real PostgreSQL and our own configuration, and scored by our own rules.
package deploytest
