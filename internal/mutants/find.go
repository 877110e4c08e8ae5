package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// kind says how a mutant is written beside the original.
type kind int

const (
	alternative kind = iota // another condition in the place of one
	negation                // the condition, turned
	absence                 // the condition, never true
	value                   // another number in the place of one
	statement               // another statement in the place of one
)

// A mutant is one small change of one source file.
type mutant struct {
	ID         int    // 1 is the first of a run
	Package    string // import path
	File       string // relative to the module
	Line       int
	Function   string // the declaration that it stands in
	From, To   string // the source text before and after
	kind       kind
	start, end int    // offsets in the file
	valueType  string // of a value, as written in its file
}

// finder collects the mutants of one file.
type finder struct {
	source    []byte
	file      *token.File
	info      *types.Info
	qualifier types.Qualifier
	unnamed   bool // the qualifier met a type whose package the file does not import
	function  string
	found     []mutant
	stands    map[ast.Node]bool // conditions that were seen at the statement that owns them
}

var (
	turned = map[token.Token]token.Token{
		token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
		token.LAND: token.LOR, token.LOR: token.LAND,
	}
	exchanged = map[token.Token]token.Token{
		token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL,
		token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.INC: token.DEC, token.DEC: token.INC,
	}
)

// find lists the mutants of a file, in the order of the source.
func (f *finder) find(file *ast.File) []mutant {
	f.stands = map[ast.Node]bool{}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			f.function = d.Name.Name
			ast.Inspect(d, f.visit)
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			for _, spec := range d.Specs {
				f.function = spec.(*ast.ValueSpec).Names[0].Name
				ast.Inspect(spec, f.visit)
			}
		}
	}
	return f.found
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.CONST
	case *ast.IfStmt:
		f.condition(n.Cond)
		if n.Else == nil {
			f.add(mutant{kind: absence, From: "if " + f.text(n.Cond), To: "if false"}, n.Cond)
		}
	case *ast.ForStmt:
		if n.Cond != nil {
			f.stands[n.Cond] = true // turned, a loop does not end: that says little of the tests
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			f.cases(n)
		}
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.UnaryExpr:
		if n.Op == token.NOT && !f.stands[n] {
			f.add(mutant{kind: negation, From: f.text(n), To: f.text(n.X)}, n)
		}
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.Ident:
		f.truth(n)
	}
	return true
}

// condition adds the condition turned, but where exchanging its operator comes to the same.
func (f *finder) condition(e ast.Expr) {
	f.stands[e] = true
	if b, is := ast.Unparen(e).(*ast.BinaryExpr); is && (b.Op == token.EQL || b.Op == token.NEQ) {
		return
	}
	f.add(mutant{kind: negation, From: f.text(e), To: "!(" + f.text(e) + ")"}, e)
}

func (f *finder) cases(s *ast.SwitchStmt) {
	for _, clause := range s.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			f.condition(e)
		}
	}
}

func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if to, is := exchanged[s.Tok]; is && f.number(s.Lhs[0]) != "" {
				left, right := f.text(s.Lhs[0]), f.text(s.Rhs[0])
				f.add(mutant{kind: statement, From: f.text(s), To: left + " " + to.String() + " " + right}, s)
			}
		case *ast.IncDecStmt:
			f.add(mutant{kind: statement, From: f.text(s), To: f.text(s.X) + exchanged[s.Tok].String()}, s)
		}
	}
}

func (f *finder) binary(b *ast.BinaryExpr) {
	m := mutant{kind: alternative, From: f.text(b)}
	to, compares := turned[b.Op]
	if !compares {
		if to = exchanged[b.Op]; to == token.ILLEGAL {
			return
		}
		if m.kind, m.valueType = value, f.number(b); m.valueType == "" {
			return
		}
	}
	left, right := f.text(b.X), f.text(b.Y)
	changes := []string{combined(left, to.String(), right)}
	for _, n := range f.neighbours(b.X) {
		changes = append(changes, combined(n, b.Op.String(), right))
	}
	for _, n := range f.neighbours(b.Y) {
		changes = append(changes, combined(left, b.Op.String(), n))
	}
	for _, m.To = range changes {
		f.add(m, b)
	}
}

func combined(left, operator, right string) string {
	return "(" + left + ") " + operator + " (" + right + ")"
}

// neighbours are the integers beside a literal, as source text.
func (f *finder) neighbours(e ast.Expr) []string {
	literal, is := e.(*ast.BasicLit)
	if !is || literal.Kind != token.INT {
		return nil
	}
	n, err := strconv.ParseInt(literal.Value, 0, 64)
	if err != nil {
		return nil
	}
	return []string{strconv.FormatInt(n+1, 10), strconv.FormatInt(n-1, 10)}
}

func (f *finder) truth(n *ast.Ident) {
	if f.stands[n] || f.info.Uses[n] == nil || f.info.Uses[n].Parent() != types.Universe {
		return
	}
	switch n.Name {
	case "true":
		f.add(mutant{kind: negation, From: "true", To: "false"}, n)
	case "false":
		f.add(mutant{kind: negation, From: "false", To: "true"}, n)
	}
}

// number is the type of an expression as the file writes it, and nothing where it is no number.
func (f *finder) number(e ast.Expr) string {
	t := f.info.TypeOf(e)
	if t == nil {
		return ""
	}
	basic, is := t.Underlying().(*types.Basic)
	if !is || basic.Info()&types.IsNumeric == 0 || basic.Info()&types.IsUntyped != 0 {
		return ""
	}
	f.unnamed = false
	if text := types.TypeString(t, f.qualifier); !f.unnamed {
		return text
	}
	return ""
}

func (f *finder) add(m mutant, at ast.Node) {
	m.start, m.end = f.file.Offset(at.Pos()), f.file.Offset(at.End())
	m.Line, m.Function = f.file.Line(at.Pos()), f.function
	f.found = append(f.found, m)
}

func (f *finder) text(n ast.Node) string {
	return string(f.source[f.file.Offset(n.Pos()):f.file.Offset(n.End())])
}
