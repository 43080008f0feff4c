// Package consensuslint finds Go code on which two validators could disagree.
//
// A block is executed by every validator, and one differing bit stops the
// chain. The checks are syntactic and type-aware but do not follow calls: each
// package that takes part in execution is checked by itself. A line that is
// safe for a reason says so in a comment at its end or on the line above:
//
//	//consensus:allow <reason>
package consensuslint

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// allow starts the comment that excuses a line.
const allow = "//consensus:allow"

// forbiddenCalls by package path and function; "*" means every function.
var forbiddenCalls = map[string]map[string]string{
	"time":         {"Now": "a clock", "Since": "a clock", "Until": "a clock", "After": "a clock", "Tick": "a clock", "Sleep": "a clock"},
	"os":           {"Getenv": "the environment", "LookupEnv": "the environment", "Environ": "the environment", "Hostname": "the host"},
	"math/rand":    {"*": "local randomness"},
	"math/rand/v2": {"*": "local randomness"},
	"crypto/rand":  {"*": "local randomness"},
	"maps":         {"All": "the order of a map", "Keys": "the order of a map", "Values": "the order of a map"},
	"runtime":      {"NumCPU": "the host", "NumGoroutine": "scheduling", "GOMAXPROCS": "the host"},
}

// Finding is one place where execution may differ between validators.
type Finding struct {
	Position token.Position
	Message  string
}

// String formats a finding as file:line:column: message.
func (f Finding) String() string { return fmt.Sprintf("%s: %s", f.Position, f.Message) }

// Check loads the packages that match the patterns from dir, without their
// tests, and returns every finding in them, in order of position.
func Check(dir string, patterns ...string) ([]Finding, error) {
	loaded, err := packages.Load(&packages.Config{
		Dir:  dir,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, pkg := range loaded {
		if len(pkg.Errors) > 0 {
			return nil, fmt.Errorf("load %s: %w", pkg.PkgPath, pkg.Errors[0])
		}
		for _, file := range pkg.Syntax {
			findings = append(findings, checkFile(pkg.Fset, pkg.TypesInfo, file)...)
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.String(), b.String()) })
	return findings, nil
}

func checkFile(files *token.FileSet, info *types.Info, file *ast.File) []Finding {
	if ast.IsGenerated(file) {
		return nil // protobuf code decodes and does not decide
	}
	var findings []Finding
	allowed := map[int]bool{}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			reason, found := strings.CutPrefix(comment.Text, allow)
			if !found {
				continue
			}
			line := files.Position(comment.Pos()).Line
			if strings.TrimSpace(reason) == "" {
				findings = append(findings, Finding{files.Position(comment.Pos()), allow + " needs a reason"})
			}
			allowed[line], allowed[line+1] = true, true
		}
	}
	report := func(node ast.Node, format string, args ...any) {
		position := files.Position(node.Pos())
		if !allowed[position.Line] {
			findings = append(findings, Finding{position, fmt.Sprintf(format, args...)})
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			if sortsMap(info, node) {
				return false // slices.Sorted(maps.Keys(m)) is how a map is read in order
			}
		case *ast.GoStmt:
			report(node, "goroutine: the order of its effects is up to the scheduler")
		case *ast.SelectStmt:
			report(node, "select: the case it takes is random")
		case *ast.RangeStmt:
			if t := info.TypeOf(node.X); t != nil && isMap(t) {
				report(node, "range over a map: its order is random; iterate over sorted keys")
			}
		case *ast.BasicLit:
			if node.Kind == token.FLOAT && isFloat(info.TypeOf(node)) {
				report(node, "floating point: results depend on the platform")
			}
		case *ast.Ident:
			checkIdent(info, node, report)
		}
		return true
	})
	return findings
}

// checkIdent reports the use of a floating-point type or variable and of a
// forbidden function.
func checkIdent(info *types.Info, ident *ast.Ident, report func(ast.Node, string, ...any)) {
	object := info.Uses[ident]
	if object == nil {
		object = info.Defs[ident]
	}
	switch object := object.(type) {
	case *types.TypeName, *types.Var:
		if isFloat(object.Type()) {
			report(ident, "floating point: results depend on the platform")
		}
	case *types.Func:
		if object.Pkg() == nil {
			return
		}
		if receiver := object.Signature().Recv(); receiver != nil {
			if strings.HasSuffix(strings.TrimPrefix(receiver.Type().String(), "*"), "math/big.Float") {
				report(ident, "floating point: results depend on the platform")
			}
			return
		}
		names := forbiddenCalls[object.Pkg().Path()]
		what, found := names[object.Name()]
		if !found {
			what, found = names["*"]
		}
		if found {
			report(ident, "%s.%s: %s differs between validators", object.Pkg().Path(), object.Name(), what)
		}
	}
}

// sortsMap says whether call is slices.Sorted(maps.Keys(m)), or Values, for a
// plain m.
func sortsMap(info *types.Info, call *ast.CallExpr) bool {
	if !isFunc(info, call.Fun, "slices", "Sorted") || len(call.Args) != 1 {
		return false
	}
	inner, ok := call.Args[0].(*ast.CallExpr)
	if !ok || len(inner.Args) != 1 {
		return false
	}
	switch inner.Args[0].(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return isFunc(info, inner.Fun, "maps", "Keys") || isFunc(info, inner.Fun, "maps", "Values")
	}
	return false
}

// isFunc says whether the expression names the function path.name.
func isFunc(info *types.Info, expression ast.Expr, path, name string) bool {
	selector, ok := expression.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	function, ok := info.Uses[selector.Sel].(*types.Func)
	return ok && function.Pkg() != nil && function.Pkg().Path() == path && function.Name() == name
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// isFloat says whether t is a floating-point or complex type. Untyped constants
// are exact and become integers or are caught where they are used.
func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0 && basic.Info()&types.IsUntyped == 0
}
