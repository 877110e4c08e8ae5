package report

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tagTree is the structure of a tagged PDF: elements, and which marked content on which page belongs to which.
type tagTree struct {
	root    *element
	current *element
	marks   map[int][]*element // page → owner of each marked content id
}

type element struct {
	tag    string
	alt    string
	scope  string // Column or Row, of a TH
	parent *element
	kids   []any // *element or content
	object int
}

type content struct{ page, id int }

func newTagTree() *tagTree { return &tagTree{marks: map[int][]*element{}} }

func (t *tagTree) open(tag string) {
	e := &element{tag: tag, parent: t.current}
	if t.current == nil {
		t.root = e
	} else {
		t.current.kids = append(t.current.kids, e)
	}
	t.current = e
}

func (t *tagTree) close() { t.current = t.current.parent }

// mark returns the next content id of the page, owned by the open element.
func (t *tagTree) mark(page int) int {
	id := len(t.marks[page])
	t.marks[page] = append(t.marks[page], t.current)
	t.current.kids = append(t.current.kids, content{page, id})
	return id
}

var errUnreadable = errors.New("the library's file is not laid out as known")

// appendTo adds the tree to a finished file as an incremental update: new objects for the tree, and new versions of the pages
// and the catalogue that point at it. Pages are objects 3, 5, 7 … in what the library writes; a test holds that.
func (t *tagTree) appendTo(file []byte, pages int) ([]byte, error) {
	old, err := readXref(file)
	if err != nil {
		return nil, err
	}
	u := &update{file: file, next: old.size, offsets: map[int]int{}}
	treeObject := u.reserve()
	parentsObject := u.reserve()
	number(t.root, u)
	u.elements(t.root, treeObject)
	var parents strings.Builder
	for page := 1; page <= pages; page++ {
		fmt.Fprintf(&parents, "%d [", page-1)
		for _, owner := range t.marks[page] {
			fmt.Fprintf(&parents, "%d 0 R ", owner.object)
		}
		parents.WriteString("]\n")
		if err := u.replace(old, pageObject(page), "/Type /Page\n", fmt.Sprintf("/Type /Page\n/StructParents %d /Tabs /S\n", page-1)); err != nil {
			return nil, err
		}
	}
	u.add(parentsObject, "<</Nums ["+parents.String()+"]>>")
	u.add(treeObject, fmt.Sprintf("<</Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d>>", t.root.object, parentsObject, pages))
	err = u.replace(old, old.root, "/Type /Catalog\n", fmt.Sprintf(
		"/Type /Catalog\n/Version /1.7 /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /ViewerPreferences <</DisplayDocTitle true>>\n", treeObject))
	if err != nil {
		return nil, err
	}
	return u.finish(old), nil
}

func pageObject(page int) int { return 1 + 2*page }

func number(e *element, u *update) {
	e.object = u.reserve()
	for _, kid := range e.kids {
		if child, ok := kid.(*element); ok {
			number(child, u)
		}
	}
}

// xref is what the library's cross-reference table says.
type xref struct {
	at, size, root int
	trailer        string
	offsets        []int
}

func readXref(file []byte) (xref, error) {
	marker := bytes.LastIndex(file, []byte("startxref\n"))
	if marker < 0 {
		return xref{}, errUnreadable
	}
	at, err := strconv.Atoi(strings.Fields(string(file[marker+10:]))[0])
	if err != nil || at >= marker {
		return xref{}, errUnreadable
	}
	lines := strings.Split(string(file[at:marker]), "\n")
	if len(lines) < 3 || lines[0] != "xref" {
		return xref{}, errUnreadable
	}
	x := xref{at: at}
	if _, err := fmt.Sscanf(lines[1], "0 %d", &x.size); err != nil || len(lines) < x.size+2 {
		return xref{}, errUnreadable
	}
	x.offsets = make([]int, x.size)
	for k := 1; k < x.size; k++ {
		if x.offsets[k], err = strconv.Atoi(lines[2+k][:10]); err != nil {
			return xref{}, errUnreadable
		}
	}
	x.trailer = strings.Join(lines[2+x.size:], "\n")
	root := strings.Index(x.trailer, "/Root ")
	if root < 0 {
		return xref{}, errUnreadable
	}
	if _, err := fmt.Sscanf(x.trailer[root:], "/Root %d", &x.root); err != nil {
		return xref{}, errUnreadable
	}
	return x, nil
}

// update collects new and changed objects behind the end of a file.
type update struct {
	file    []byte
	body    bytes.Buffer
	next    int
	offsets map[int]int
}

func (u *update) reserve() int {
	u.next++
	return u.next - 1
}

func (u *update) add(object int, value string) {
	u.offsets[object] = len(u.file) + 1 + u.body.Len()
	fmt.Fprintf(&u.body, "%d 0 obj\n%s\nendobj\n", object, value)
}

// replace adds a new version of an object in which old text is exchanged once.
func (u *update) replace(x xref, object int, old, changed string) error {
	if object >= x.size {
		return errUnreadable
	}
	rest := u.file[x.offsets[object]:]
	start, end := bytes.Index(rest, []byte(" obj\n")), bytes.Index(rest, []byte("\nendobj"))
	if start < 0 || end < start || !bytes.Contains(rest[start:end], []byte(old)) {
		return errUnreadable
	}
	u.add(object, strings.Replace(string(rest[start+5:end]), old, changed, 1))
	return nil
}

func (u *update) elements(e *element, parent int) {
	var b strings.Builder
	fmt.Fprintf(&b, "<</Type /StructElem /S /%s /P %d 0 R", e.tag, parent)
	if e.alt != "" {
		b.WriteString(" /Alt " + utf16Text(e.alt))
	}
	if e.scope != "" {
		b.WriteString(" /A <</O /Table /Scope /" + e.scope + ">>")
	}
	b.WriteString(" /K [")
	for _, kid := range e.kids {
		switch kid := kid.(type) {
		case *element:
			fmt.Fprintf(&b, "%d 0 R ", kid.object)
		case content:
			fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(kid.page), kid.id)
		}
	}
	u.add(e.object, b.String()+"]>>")
	for _, kid := range e.kids {
		if child, ok := kid.(*element); ok {
			u.elements(child, e.object)
		}
	}
}

func (u *update) finish(old xref) []byte {
	out := append(append([]byte{}, u.file...), '\n')
	out = append(out, u.body.Bytes()...)
	at := len(out)
	var table strings.Builder
	table.WriteString("xref\n")
	for object := 1; object < u.next; object++ {
		if offset, ok := u.offsets[object]; ok {
			fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", object, offset)
		}
	}
	trailer := strings.Replace(old.trailer, fmt.Sprintf("/Size %d", old.size), fmt.Sprintf("/Size %d\n/Prev %d", u.next, old.at), 1)
	table.WriteString(strings.TrimRight(trailer, "\n"))
	fmt.Fprintf(&table, "\nstartxref\n%d\n%%%%EOF\n", at)
	return append(out, table.String()...)
}

func utf16Text(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String() + ">"
}
