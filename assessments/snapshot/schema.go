package snapshot

import _ "embed"

//go:generate go test -run ^TestSchemaIsCurrent$ . -update

// SchemaJSON is the JSON Schema (draft 2020-12) of one line of a snapshot, made from the record types and their comments. Kinds
// and fields that it does not know are valid, as for a Reader.
//
//go:embed schema.json
var SchemaJSON []byte
