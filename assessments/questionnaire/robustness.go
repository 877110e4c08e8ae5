package questionnaire

import (
	"math/bits"
	"math/rand/v2"
)

// Perturbations is how often the weights are shaken for a verdict's robustness.
const Perturbations = 1000

// shaken is how far a weight moves at most, in thousandths of it.
const shaken = 300

// robustness is the share, in millionths, of perturbations of all weights by up to ±30 % in which the verdict stays. The generator is
// PCG with a fixed seed and the arithmetic exact, so that the same answers give the same share on every machine.
func robustness(need, ability []ballot, code VerdictCode) int64 {
	source := rand.NewPCG(0x506c696d736f6c6c, 1)
	stays := int64(0)
	for range Perturbations {
		n, a := perturbed(need, source), perturbed(ability, source)
		if stand(n, a, ballot.worst).verdict() == code && stand(n, a, ballot.best).verdict() == code {
			stays++
		}
	}
	return stays * 1_000_000 / Perturbations
}

// perturbed returns the ballots with weights in thousandths, each moved by its own draw.
func perturbed(ballots []ballot, source *rand.PCG) []ballot {
	moved := make([]ballot, len(ballots))
	for i, b := range ballots {
		draw, _ := bits.Mul64(source.Uint64(), 2*shaken+1)
		b.weight *= 1000 - shaken + int64(draw)
		moved[i] = b
	}
	return moved
}
