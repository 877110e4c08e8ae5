package report

import (
	"plimsoll/assessments"
	"plimsoll/web/drawing"
)

// colour is red, green and blue from 0 to 255, for paper.
type colour [3]int

var (
	ink      = colour{16, 33, 48}
	muted    = colour{84, 102, 116}
	hairline = colour{212, 221, 228}
	zebra    = colour{246, 249, 251}
	wash     = colour{232, 240, 246}
	white    = colour{255, 255, 255}
	navy     = colour{14, 41, 62}
	accent   = colour{10, 92, 138}
)

// roleInk prints the roles of drawings.
var roleInk = map[drawing.Role]colour{
	drawing.Ink: ink, drawing.Muted: muted, drawing.Hairline: hairline, drawing.Paper: white,
	drawing.Hull: {21, 54, 79}, drawing.HullMaybe: {45, 96, 127}, drawing.HullDeep: {77, 135, 168}, drawing.Chalk: white,
	drawing.Ground: {227, 234, 239}, drawing.Water: {169, 207, 228}, drawing.WaterMaybe: {216, 233, 243},
	drawing.Surface: accent, drawing.Mark: {179, 38, 30},
	drawing.Bad: {179, 38, 30}, drawing.Poor: {194, 104, 12}, drawing.Fair: {146, 154, 40}, drawing.Good: {38, 128, 80},
	drawing.Part1: {20, 88, 128}, drawing.Part2: {106, 76, 147}, drawing.Part3: {52, 128, 130}, drawing.Part4: {150, 90, 50},
	drawing.Part5: {95, 140, 190}, drawing.Part6: {110, 122, 133},
}

// pill is the tint and the ink of a severity.
type pill struct{ tint, ink colour }

var severityPill = map[assessments.Severity]pill{
	assessments.Critical: {colour{250, 222, 220}, colour{140, 24, 18}},
	assessments.High:     {colour{252, 231, 209}, colour{132, 66, 0}},
	assessments.Medium:   {colour{244, 241, 205}, colour{92, 86, 8}},
	assessments.Low:      {colour{226, 238, 246}, colour{28, 82, 116}},
}
