package drawing

import (
	"fmt"
	"strings"

	"plimsoll/assessments/engines"
	"plimsoll/assessments/engines/heap"
)

var partRoles = []Role{Part1, Part2, Part3, Part4, Part5, Part6}

// Memory draws one JVM's plan as a bar of its parts against request and limit. What stands beyond the limit is framed.
func Memory(m engines.Memory) Scene {
	const width, left, right, top, deep = 400.0, 4.0, 4.0, 46.0, 30.0
	s := Scene{Width: width, Title: "Memory of " + m.Name, Description: memoryWords(m)}
	sum, most := int64(0), int64(0)
	for _, p := range m.Parts {
		sum += max(p.Bytes, 0)
	}
	most = max(sum, 1)
	for _, line := range []*int64{m.LimitBytes, m.RequestBytes} {
		if line != nil {
			most = max(most, *line)
		}
	}
	x := func(bytes int64) float64 { return left + float64(bytes)/float64(most)*(width-left-right-2) }

	s.add(label(left, 14, 13.5, width-left-right, Ink, true, m.Name))
	s.add(rect(left, top, x(most)-left, deep, Ground))
	at := int64(0)
	for i, p := range m.Parts {
		bytes := max(p.Bytes, 0)
		s.add(rect(x(at), top, x(at+bytes)-x(at), deep, partRoles[i%len(partRoles)]))
		at += bytes
		if at < sum && bytes > 0 {
			s.add(line(x(at), top, x(at), top+deep, 1, Paper))
		}
	}
	if limit := m.LimitBytes; limit != nil {
		if sum > *limit {
			s.add(rect(x(*limit), top+deep+2, x(sum)-x(*limit), 4, Bad))
		}
		s.add(line(x(*limit), top-6, x(*limit), top+deep+7, 2.5, Ink),
			beside(x(*limit), top-9, 12, left, width-right, Ink, true, "limit "+heap.Size(*limit)))
	}
	if request := m.RequestBytes; request != nil {
		s.add(line(x(*request), top-2, x(*request), top+deep+9, 1.75, Muted, 4, 3),
			beside(x(*request), top+deep+19, 12, left, width-right, Muted, false, "request "+heap.Size(*request)))
	}
	y := top + deep + 42
	s.add(label(left, y, 12.5, width-left-right, overRole(m, sum), true, standing(m, sum)))
	y += 22
	for i, p := range m.Parts {
		column := float64(i%2) * (width / 2)
		if i%2 == 0 && i > 0 {
			y += 19
		}
		s.add(rect(left+column, y-9.5, 11, 11, partRoles[i%len(partRoles)]),
			label(left+column+17, y, 12, width/2-left-right-21, Ink, false, p.Name+" "+heap.Size(p.Bytes)))
	}
	s.Height = y + 8
	return s
}

func overRole(m engines.Memory, sum int64) Role {
	if m.LimitBytes != nil && sum > *m.LimitBytes {
		return Bad
	}
	return Ink
}

// standing says how the plan stands to the limit.
func standing(m engines.Memory, sum int64) string {
	switch {
	case m.LimitBytes == nil:
		return heap.Size(sum) + " planned, and no limit"
	case sum > *m.LimitBytes:
		return heap.Size(sum-*m.LimitBytes) + " over the limit"
	}
	return heap.Size(*m.LimitBytes-sum) + " to spare"
}

func memoryWords(m engines.Memory) string {
	sum := int64(0)
	parts := make([]string, len(m.Parts))
	for i, p := range m.Parts {
		sum += max(p.Bytes, 0)
		parts[i] = p.Name + " " + heap.Size(p.Bytes)
	}
	text := fmt.Sprintf("Planned: %s. In all %s; %s.", strings.Join(parts, ", "), heap.Size(sum), standing(m, sum))
	if m.LimitBytes != nil {
		text += " The limit is " + heap.Size(*m.LimitBytes) + "."
	}
	if m.RequestBytes != nil {
		text += " The request is " + heap.Size(*m.RequestBytes) + "."
	}
	return text
}
