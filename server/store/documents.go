package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
)

// part is a piece of a document. A platform keeps it once, by its digest, however many documents hold it.
type part struct {
	name string
	body json.RawMessage
}

func (p part) digest() []byte {
	sum := sha256.New()
	sum.Write([]byte(p.name + "\x01"))
	sum.Write(p.body)
	return sum.Sum(nil)
}

// keepParts stores the parts that the platform lacks, and returns the digests of all, in their order.
func (t *Tx) keepParts(ctx context.Context, platform PlatformID, parts ...part) ([][]byte, error) {
	digests, names, bodies := make([][]byte, len(parts)), make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		digests[i], names[i], bodies[i] = p.digest(), p.name, string(p.body)
	}
	_, err := t.tx.Exec(ctx, `
		insert into contents (organization_id, platform_id, digest, part, body)
		select $1, $2, p.digest, p.part, p.body::jsonb from unnest($3::bytea[], $4::text[], $5::text[]) as p (digest, part, body)
		where not exists (select from contents c where c.platform_id = $2 and c.digest = p.digest)
		on conflict do nothing`, t.organization, platform, digests, names, bodies)
	if err != nil {
		return nil, named(err, "contents of platform", platform)
	}
	return digests, nil
}

// smallMember is the length in bytes up to which a member of a result stands in its row: a digest would take nearly as much.
const smallMember = 100

// split takes an object's large members out of it.
func split(object any) (rest json.RawMessage, large []part, err error) {
	whole, err := document(object)
	if err != nil {
		return nil, nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole, &members); err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if len(members[name]) > smallMember {
			large = append(large, part{name, members[name]})
			delete(members, name)
		}
	}
	rest, err = json.Marshal(members)
	return rest, large, err
}
