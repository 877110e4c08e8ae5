package drawing

import "plimsoll/assessments/engines"

// Of draws what a part of an exhibit shows at a width, at most so many scenes: what starts do at the recovery time that is known of
// each, and the gravest of everything else.
func Of(p engines.Picture, width float64, most int) []Scene {
	var scenes []Scene
	add := func(s Scene) {
		if len(scenes) < most {
			scenes = append(scenes, s)
		}
	}
	if p.Road != nil {
		add(Road(*p.Road, width))
	}
	for _, start := range p.Starts {
		if start.LowSeconds > 0 {
			add(Starting(start, start.LowSeconds, width))
		}
	}
	for _, m := range p.Memory {
		add(Memory(m))
	}
	for _, f := range p.Floods {
		add(Flood(f))
	}
	for _, c := range p.Curves {
		add(Curve(c))
	}
	return scenes
}
