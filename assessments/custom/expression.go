package custom

import (
	"fmt"
	"reflect"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Limits of one expression's cost, in CEL's units: about one for each step and each ten characters looked at. A rule over subjects of
// which there are thousands has to be small; the one about the whole cluster is evaluated once.
const (
	subjectCostLimit = 100_000
	clusterCostLimit = 10_000_000
)

// Bounds of an expression's form.
const (
	maxNesting     = 64
	maxParserSteps = MaxExpressionBytes
)

// Sizes that an estimate reckons with: more than real platforms have of most things. What is larger still meets the limit while it runs.
var sizes = map[string]uint64{
	"containers": 50, "volumes": 50, "ports": 50, "variables": 200, "labels": 50, "annotations": 50, "services": 50, "budgets": 10, "spreadKeys": 10,
	"options": 100, "roles": 10, "unseen": 50, "workloads": 10_000, "nodes": 1_000, "namespaces": 1_000,
}

const (
	textSize  = 256
	otherSize = 100
)

// Variable is one that expressions of a subject kind see.
type Variable struct {
	Name string
	Type string // as CEL writes it
	Doc  string
	of   *cel.Type
}

func object(goType string) *cel.Type { return cel.ObjectType("custom." + goType) }

var (
	clusterVariable = Variable{"cluster", "Cluster", "the cluster as a whole", object("Cluster")}
	unseenVariable  = Variable{"unseen", "list(string)", "resources that the collector did not read whole, by their API names: what they would show is unknown, not absent", cel.ListType(cel.StringType)}
)

// variables by subject kind.
var variables = map[SubjectKind][]Variable{
	AboutContainers: {{"container", "Container", "the container that is judged", object("Container")}, {"workload", "Workload", "the workload that it is of", object("Workload")}, clusterVariable, unseenVariable},
	AboutWorkloads:  {{"workload", "Workload", "the workload that is judged", object("Workload")}, clusterVariable, unseenVariable},
	AboutServices:   {{"service", "Service", "the service that is judged", object("Service")}, clusterVariable, unseenVariable},
	AboutNodes:      {{"node", "Node", "the node that is judged", object("Node")}, clusterVariable, unseenVariable},
	AboutNamespaces: {{"ns", "Namespace", "the namespace that is judged", object("Namespace")}, clusterVariable, unseenVariable},
	AboutCluster: {
		clusterVariable, unseenVariable,
		{"workloads", "list(Workload)", "every workload", cel.ListType(object("Workload"))},
		{"nodes", "list(Node)", "every node", cel.ListType(object("Node"))},
		{"namespaces", "list(Namespace)", "every namespace", cel.ListType(object("Namespace"))},
	},
}

// environments are made once for each subject kind. They hold the standard library and nothing else: every function in it has a cost.
var environments = sync.OnceValue(func() map[SubjectKind]*cel.Env {
	all := map[SubjectKind]*cel.Env{}
	for kind, seen := range variables {
		options := []cel.EnvOption{
			ext.NativeTypes(ext.ParseStructTags(true), reflect.TypeFor[*Cluster](), reflect.TypeFor[*Node](), reflect.TypeFor[*Namespace](),
				reflect.TypeFor[*Workload](), reflect.TypeFor[*Service]()),
			cel.CrossTypeNumericComparisons(true), cel.ParserRecursionLimit(maxNesting), cel.ParserExpressionSizeLimit(maxParserSteps),
		}
		for _, v := range seen {
			options = append(options, cel.Variable(v.Name, v.of))
		}
		env, err := cel.NewEnv(options...)
		if err != nil {
			panic(fmt.Sprintf("custom rules about a %s: %v", kind, err))
		}
		all[kind] = env
	}
	return all
})

// expression is a checked expression, ready to be evaluated.
type expression struct {
	program cel.Program
	cost    uint64 // greatest estimated
}

// fault is what is wrong with an expression, and where inside it.
type fault struct {
	line, column int // 1-based; 0 where it is about the whole
	problem      string
}

func limitOf(kind SubjectKind) uint64 {
	if kind == AboutCluster {
		return clusterCostLimit
	}
	return subjectCostLimit
}

// compile checks an expression and estimates what it costs. It must give the wanted type; nil takes any.
func compile(kind SubjectKind, text string, wanted *cel.Type) (*expression, *fault) {
	if len(text) > MaxExpressionBytes {
		return nil, &fault{problem: fmt.Sprintf("%d bytes are more than the %d that an expression may have", len(text), MaxExpressionBytes)}
	}
	env := environments()[kind]
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &fault{line: first.Location.Line(), column: first.Location.Column() + 1, problem: first.Message}
	}
	if wanted != nil && !ast.OutputType().IsExactType(wanted) {
		return nil, &fault{problem: fmt.Sprintf("gives a %s, want a %s", ast.OutputType(), wanted)}
	}
	estimate, err := env.EstimateCost(ast, estimator{})
	if err != nil {
		return nil, &fault{problem: "its cost can't be estimated: " + err.Error()}
	}
	if limit := limitOf(kind); estimate.Max > limit {
		return nil, &fault{problem: fmt.Sprintf("may cost %d, which is more than the %d that one evaluation about a %s may cost", estimate.Max, limit, kind)}
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(limitOf(kind)))
	if err != nil {
		return nil, &fault{problem: err.Error()}
	}
	return &expression{program, estimate.Max}, nil
}

// estimator reckons with the sizes above.
type estimator struct{}

func (estimator) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

func (estimator) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	if node.ComputedSize() != nil {
		return nil
	}
	size := uint64(otherSize)
	if node.Type().Kind() == types.StringKind {
		size = textSize
	} else if path := node.Path(); len(path) > 0 {
		if known, named := sizes[path[len(path)-1]]; named {
			size = known
		}
	}
	return &cost.SizeEstimate{Min: 0, Max: size}
}

// holds evaluates a condition.
func (e *expression) holds(seen map[string]any) (bool, error) {
	value, _, err := e.program.Eval(seen)
	if err != nil {
		return false, err
	}
	held, ok := value.Value().(bool)
	if !ok {
		return false, fmt.Errorf("it gives a %s and no truth value", value.Type().TypeName())
	}
	return held, nil
}

// maxShown bounds what evidence shows of a value.
const maxShown = 500

// show evaluates a piece of evidence as text.
func (e *expression) show(seen map[string]any) string {
	value, _, err := e.program.Eval(seen)
	if err != nil {
		return "not to be told: " + err.Error()
	}
	text := fmt.Sprint(value.Value())
	if native, err := value.ConvertToNative(reflect.TypeFor[[]string]()); err == nil {
		text = fmt.Sprint(native)
	}
	if len(text) > maxShown {
		text = text[:maxShown] + "…"
	}
	if text == "" {
		return "nothing"
	}
	return text
}
