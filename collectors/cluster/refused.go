package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"plimsoll/assessments/snapshot"
)

// The reasons of notes. Rules tell by them what is unknown from what is not there.
const (
	reasonForbidden = "forbidden"
	reasonAbsent    = "absent"
	reasonTimeout   = "timeout"
	reasonRefused   = "refused" // any other answer than the one that was asked for
	reasonSkipped   = "skipped"
)

// isRefusal reports whether the server answered, and answered no: the rest of the collection goes on.
func isRefusal(err error) bool {
	refused := (*refusal)(nil)
	return errors.As(err, &refused)
}

// noteOf makes a note of a refusal. The server's message stays out of it, for it may name users.
func noteOf(resource, namespace string, err error) snapshot.Note {
	note := snapshot.Note{Resource: resource, Namespace: namespace, Reason: reasonRefused}
	refused := (*refusal)(nil)
	if !errors.As(err, &refused) {
		return note
	}
	switch refused.Code {
	case http.StatusForbidden:
		note.Reason, note.Detail = reasonForbidden, "no right to list "+resource
		if resource == releases {
			note.Detail = "no right to list secrets and configmaps, where Helm keeps them"
		}
	case http.StatusNotFound:
		note.Reason, note.Detail = reasonAbsent, "the server has no "+resource
	case http.StatusGatewayTimeout:
		note.Reason, note.Detail = reasonTimeout, refused.Error()
	default:
		note.Detail = refused.Error()
	}
	return note
}

// allowed says what can be read: found out before the header is written, since the header names what can not.
type allowed struct {
	versions map[string]string          // resource → version by which it is read
	refused  map[string]map[string]bool // resource → namespaces ("" for all) in which it is refused
	absent   map[string]bool            // resources that the server does not have: no part of what was refused
	noted    map[string]string          // resource → name that its refusal is noted under, where it is another
	notes    []snapshot.Note
}

func newAllowed() allowed {
	return allowed{
		versions: map[string]string{}, refused: map[string]map[string]bool{}, absent: map[string]bool{}, noted: map[string]string{},
	}
}

func (a *allowed) may(resource, namespace string) bool {
	in := a.refused[resource]
	return !in[namespace] && !in[""]
}

// lack notes a kind that the server does not have. An extension that is not installed is no news.
func (a *allowed) lack(k kind) {
	if k.optional {
		a.refused[k.resourceName()] = map[string]bool{"": true}
		a.absent[k.resourceName()] = true
		return
	}
	a.refuse(snapshot.Note{Resource: k.resource, Reason: reasonAbsent, Detail: "the server has no " + k.resource + " in a version that is read"})
}

func (a *allowed) refuse(note snapshot.Note) {
	if a.refused[note.Resource] == nil {
		a.refused[note.Resource] = map[string]bool{}
	}
	a.refused[note.Resource][note.Namespace] = true
	if note.Reason == reasonAbsent {
		a.absent[note.Resource] = true
	}
	note.Resource = a.nameOf(note.Resource)
	a.notes = append(a.notes, note)
}

func (a *allowed) nameOf(resource string) string { return cmp.Or(a.noted[resource], resource) }

// unread are the resources for the header: those that can be read in none of the namespaces. What a server does not have is
// not among them.
func (a *allowed) unread(namespaces []string) []string {
	var names []string
	for resource, in := range a.refused {
		all := !slices.ContainsFunc(namespaces, func(n string) bool { return !in[n] && !in[""] })
		if all && !a.absent[resource] {
			names = append(names, a.nameOf(resource))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// probe lists one object of each kind: the cheapest question whose answer is that of the real one.
func (c *collection) probe(ctx context.Context, has served) error {
	for _, k := range listedKinds(c.options) {
		if slices.Contains([]string{webhooksPart, ingressesPart, backupsPart}, k.covers) {
			c.allowed.noted[k.resourceName()] = k.covers
		}
		if err := c.probeKind(ctx, k, has.readable(k)); err != nil {
			return err
		}
	}
	if c.options.WithoutReleases {
		c.allowed.refuse(snapshot.Note{Resource: releases, Reason: reasonSkipped, Detail: "left out by --no-releases"})
	} else if err := c.probeReleases(ctx); err != nil {
		return err
	}
	if len(c.options.Namespaces) > 0 {
		for _, k := range []kind{nodes, namespaces} {
			c.allowed.refuse(snapshot.Note{Resource: k.resource, Reason: reasonSkipped, Detail: "not asked for: the snapshot is of single namespaces"})
		}
	}
	return nil
}

// probeKind finds the version by which a kind can be read: an extension may be served by an older one than its group's newest.
func (c *collection) probeKind(ctx context.Context, k kind, versions []string) error {
	for _, version := range versions {
		absent := false
		for _, namespace := range c.options.scope(k) {
			note, err := c.try(ctx, k.resourceName(), listing{path: k.path(version, namespace), accept: acceptJSON}, namespace)
			if err != nil {
				return err
			}
			if absent = note != nil && note.Reason == reasonAbsent && k.optional; absent {
				break
			}
			if note != nil {
				c.allowed.refuse(*note)
			}
		}
		if !absent {
			c.allowed.versions[k.resourceName()] = version
			return nil
		}
	}
	c.allowed.lack(k)
	return nil
}

func (c *collection) probeReleases(ctx context.Context) error {
	for _, namespace := range c.options.scope(secrets) {
		for _, k := range []kind{secrets, configMaps} {
			if !c.allowed.may(releases, namespace) {
				continue
			}
			l := listing{path: k.path("v1", namespace), accept: acceptMetadata, selector: helmLabel}
			note, err := c.try(ctx, releases, l, namespace)
			if err != nil {
				return err
			}
			if note != nil {
				c.allowed.refuse(*note)
			}
		}
	}
	return nil
}

// try asks for one object; the note says why it was refused, and is nil where it was not.
func (c *collection) try(ctx context.Context, resource string, l listing, namespace string) (*snapshot.Note, error) {
	err := readOne(ctx, c.client, l)
	if isRefusal(err) {
		note := noteOf(resource, namespace, err)
		return &note, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", resource, err)
	}
	return nil, nil
}
