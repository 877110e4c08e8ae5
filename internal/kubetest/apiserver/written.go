package main

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// began is the day on which everything came to be, a part of it at a time.
var began = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// month is the time within which it came to be.
const month = 30 * 24 * time.Hour

// chance tells objects from each other as a cluster does, in what they are called by and when they were written: the same one on
// each run, so that a population is the same bytes. Objects that were alike would be read faster than real ones.
type chance struct{ *rand.Rand }

func chanceOf(kind byte, i int) chance {
	return chance{rand.New(rand.NewPCG(uint64(kind), uint64(i)))}
}

// uid is that of one object.
func uid(kind byte, i int) types.UID {
	r := chanceOf(kind, i)
	a, b := r.Uint64(), r.Uint64()
	return types.UID(fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff))
}

// since is a moment some whole seconds after another.
func (r chance) since(from time.Time, within time.Duration) metav1.Time {
	return metav1.NewTime(from.Add(time.Duration(1+r.Int64N(int64(within/time.Second))) * time.Second))
}

// name is a part of a name as Kubernetes makes them up.
func (r chance) name(length int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	text := make([]byte, length)
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return string(text)
}

// hash is a digest of something, in hexadecimal.
func (r chance) hash() string {
	var sum [32]byte
	for i := range sum {
		sum[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(sum[:])
}

// wrote is what an object carries of each that wrote it: names of fields, a fifth of its size.
func wrote(manager string, operation metav1.ManagedFieldsOperationType, version schema.GroupVersion, at metav1.Time, part, fields string) metav1.ManagedFieldsEntry {
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: operation, APIVersion: version.String(), Time: &at,
		FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}, Subresource: part}
}
