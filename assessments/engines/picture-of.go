package engines

import (
	"cmp"
	"slices"
	"time"

	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/engines/upgrade"
)

func roadOf(p upgrade.Plan) *Picture {
	road := Road{From: p.From,
		InPlace: Side{Steps: p.InPlace.Hops, LeastDrains: p.InPlace.LeastNodeRounds, MostDrains: p.InPlace.NodeRounds, BackDays: p.Tool.RollbackDays},
		Fresh:   Side{Steps: p.NewCluster.Windows}}
	today := stopOf(p.Before)
	today.Minor = p.From
	road.Stops = append(road.Stops, today)
	for _, hop := range p.Hops {
		stop := stopOf(hop.Items)
		stop.Minor, stop.Ended = hop.To, hop.Ended
		road.Stops = append(road.Stops, stop)
	}
	for _, b := range slices.Concat(p.NewCluster.State, p.NewCluster.Addresses, p.NewCluster.Undrainable) {
		road.Moves = append(road.Moves, Moved{b.What, b.Count})
	}
	slices.SortStableFunc(road.Moves, func(a, b Moved) int { return cmp.Compare(b.Count, a.Count) })
	road.Moves = road.Moves[:min(len(road.Moves), mostCurves)]
	return &Picture{Road: &road}
}

// stopOf counts items, which stand in the order of their weight, and names the first.
func stopOf(items []upgrade.Item) Stop {
	var s Stop
	for _, item := range items {
		switch item.Weight {
		case upgrade.Blocks:
			s.Blocks++
		case upgrade.BreaksPart:
			s.Breaks++
		case upgrade.NotTested:
			s.Untested++
		default:
			continue
		}
		if len(s.Named) < mostNamed {
			s.Named = append(s.Named, item.Subject)
		}
	}
	return s
}

func startsOf(ordered []probe.Simulation) *Picture {
	name := apart(spotsOf(ordered))
	var starts []Start
	for _, s := range ordered {
		if s.Probe.PeriodSeconds == 0 || len(starts) == mostDrawn {
			continue // a figure of the probe is not readable
		}
		starts = append(starts, Start{
			Name: name(spotOf(s)), Kind: s.WorkloadKind, Workload: s.Namespace + "/" + s.Workload, Guard: s.Guard, Probe: s.Probe,
			Liveness: s.Liveness, Readiness: s.Readiness, StopSeconds: s.StopSeconds,
			LowSeconds: s.Recovery.LowSeconds, HighSeconds: s.Recovery.HighSeconds, Source: s.Recovery.Source,
		})
	}
	if starts == nil {
		return nil
	}
	return &Picture{Starts: starts}
}

func memoryOf(known []heap.Budget) *Picture {
	name := apart(jvmSpots(known))
	var all []Memory
	for _, b := range known[:min(len(known), mostDrawn)] {
		m := Memory{Name: name(jvmSpot(b)), LimitBytes: b.MemoryLimitBytes, RequestBytes: b.MemoryRequestBytes}
		for _, p := range b.Parts {
			m.Parts = append(m.Parts, MemoryPart{p.Part, p.Name, p.Bytes, p.Bounded})
		}
		if m.Parts != nil {
			all = append(all, m)
		}
	}
	if all == nil {
		return nil
	}
	return &Picture{Memory: all}
}

func floodsOf(l network.Load) *Picture {
	var floods []Flood
	add := func(name string, n network.NodeLoad) {
		f := Flood{Name: name, Arrivals: n.ArrivalsPerSecond, Max: n.MaxEntries}
		for _, s := range n.States {
			f.Lifetimes = append(f.Lifetimes, FloodState{stateWords(s.State), s.LifetimeSeconds, s.FullAfter})
		}
		slices.SortStableFunc(f.Lifetimes, func(a, b FloodState) int { return cmp.Compare(a.Seconds, b.Seconds) })
		if len(f.Lifetimes) != 0 && f.Arrivals > 0 {
			floods = append(floods, f)
		}
	}
	if l.OneNode != nil && len(l.Nodes) != 1 {
		add("all through "+l.OneNode.Node, *l.OneNode)
	}
	for _, n := range l.Nodes[:min(len(l.Nodes), mostCurves-1)] {
		add(n.Node, n)
	}
	if floods == nil {
		return nil
	}
	return &Picture{Floods: floods}
}

func curvesOf(all []network.Range) *Picture {
	ordered := slices.DeleteFunc(slices.Clone(all), func(r network.Range) bool { return r.Used == nil || r.UsePercent == nil })
	slices.SortStableFunc(ordered, func(a, b network.Range) int { return cmp.Compare(*b.UsePercent, *a.UsePercent) })
	var curves []Curve
	for _, r := range ordered[:min(len(ordered), mostCurves)] {
		c := Curve{Name: rangeName(r), Size: r.Size, PerMile: r.Growth.PerMile, FillsOn: r.Growth.FillsOn, Grows: fillsWords(r.Growth)}
		for _, p := range thinned(r.Growth.Seen) {
			c.Points = append(c.Points, CurvePoint{p.At.UTC().Format(time.DateOnly), p.Count})
		}
		if n := len(c.Points); n != 0 {
			c.Size = *r.Left + c.Points[n-1].Count // points may count pods on their nodes' own addresses: the size then does too
		} else {
			c.Points = []CurvePoint{{Count: *r.Used}}
		}
		curves = append(curves, c)
	}
	if curves == nil {
		return nil
	}
	return &Picture{Curves: curves}
}

// thinned keeps the ends and evenly chosen points between them.
func thinned(points []network.Point) []network.Point {
	if len(points) <= mostPoints {
		return points
	}
	kept := make([]network.Point, mostPoints)
	for i := range kept {
		kept[i] = points[i*(len(points)-1)/(mostPoints-1)]
	}
	return kept
}
