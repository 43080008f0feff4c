package intonnx

import (
	"crypto/sha256"
	"fmt"
)

// Program is a checked model, ready to run. It is immutable: any number of
// goroutines may run one program, each with a Scratch of its own.
type Program struct {
	Info Info

	graph  *graph // what RunNaive walks
	instrs []instr
	arena  int // int32 values needed for all activations of one run
	patch  int // int32 values needed to unfold one block of a convolution
	input  int // offset of the raw input in the arena
	output int // offset of the output in the arena
	bytes  int
}

// Bytes returns about how much memory the program holds, for caches. It can be
// many times the size of the file.
func (p *Program) Bytes() int { return p.bytes }

// Scratch is the working memory of runs. It grows to what the largest program
// needs and is then reused without allocation. It is not safe for concurrent use.
type Scratch struct {
	arena []int32
	patch []int32
}

func (s *Scratch) grow(p *Program) {
	if len(s.arena) < p.arena {
		s.arena = make([]int32, p.arena)
	}
	if len(s.patch) < p.patch {
		s.patch = make([]int32, p.patch)
	}
}

// Run runs the program on one item: its raw bytes, row-major, int16 in
// little-endian order. It returns the int32 outputs, row-major, in memory of
// their own. It fails only when the input does not have Info.Input.Bytes() bytes.
func (p *Program) Run(s *Scratch, input []byte) ([]int32, error) {
	out := make([]int32, p.Info.OutputSize())
	return out, p.RunInto(s, out, input)
}

// RunInto is Run without allocation: it writes the Info.OutputSize() outputs
// into out.
func (p *Program) RunInto(s *Scratch, out []int32, input []byte) error {
	if n := p.Info.Input.Bytes(); len(input) != n {
		return fmt.Errorf("intonnx: the input has %d bytes, expected %d", len(input), n)
	}
	if n := p.Info.OutputSize(); len(out) != n {
		return fmt.Errorf("intonnx: room for %d outputs, expected %d", len(out), n)
	}
	s.grow(p)
	load(s.arena[p.input:], input, p.Info.Input.Type)
	for i := range p.instrs {
		p.instrs[i].run(s)
	}
	copy(out, s.arena[p.output:])
	return nil
}

// RunBatch runs the program on the items that inputs holds back to back and
// returns the outputs of each.
func (p *Program) RunBatch(s *Scratch, inputs []byte) ([][]int32, error) {
	size := p.Info.Input.Bytes()
	if len(inputs)%size != 0 {
		return nil, fmt.Errorf("intonnx: the inputs have %d bytes, expected a multiple of %d", len(inputs), size)
	}
	outputs := make([][]int32, len(inputs)/size)
	for i := range outputs {
		out, err := p.Run(s, inputs[i*size:][:size])
		if err != nil {
			return nil, err
		}
		outputs[i] = out
	}
	return outputs, nil
}

// load spreads raw bytes to one int32 per element.
func load(into []int32, raw []byte, typ string) {
	switch typ {
	case "uint8":
		for i, b := range raw {
			into[i] = int32(b)
		}
	case "int8":
		for i, b := range raw {
			into[i] = int32(int8(b))
		}
	default:
		for i := range len(raw) / 2 {
			into[i] = int32(int16(uint16(raw[2*i]) | uint16(raw[2*i+1])<<8))
		}
	}
}

// compile lays out the activations and turns the checked steps into
// instructions. A shift or clamp that follows a convolution nobody else reads
// becomes part of it.
func compile(file []byte, g *graph) *Program {
	g.info.SHA256 = sha256.Sum256(file)
	p := &Program{Info: g.info, graph: g}
	for i := range g.tensors { // only the checker needs them
		g.tensors[i].ranges, g.tensors[i].hulls = nil, nil
	}

	// root is the tensor whose memory a tensor shares; copies move nothing.
	root := make([]int, len(g.tensors))
	readers := make([]int, len(g.tensors))
	for _, s := range g.steps {
		root[s.out] = s.out
		if s.op == opCopy {
			root[s.out] = root[s.in[0]]
			continue
		}
		for _, in := range s.in {
			readers[root[in]]++
		}
	}
	readers[root[g.output]]++

	offset := make([]int, len(g.tensors))
	maker := make([]*instr, len(g.tensors)) // of a root, when it can still take a shift or clamp
	reserve := func(id int) int {
		at := p.arena
		offset[id] = at
		p.arena += size(g.tensors[id].shape)
		return at
	}
	p.input = reserve(0)
	p.instrs = make([]instr, 0, len(g.steps)) // never grows, so that maker stays valid
	kernels := make(map[kernelKey]*kernel)    // nodes may share their weights
	for _, s := range g.steps {
		if s.op == opCopy {
			continue
		}
		in := root[s.in[0]]
		if s.op == opShift || s.op == opClip {
			if m := maker[in]; m != nil && readers[in] == 1 && m.post.fuse(s) {
				offset[s.out], maker[s.out] = offset[in], m
				continue
			}
		}
		x := &g.tensors[s.in[0]]
		i := instr{op: s.op, win: s.win, values: s.values, post: unchanged}
		i.outer, i.channels, i.inner = layout(x.shape)
		for _, id := range s.in {
			_, channels, inner := layout(g.tensors[id].shape)
			i.in = append(i.in, operand{offset[root[id]], channels * inner})
		}
		switch s.op {
		case opConv:
			if w := &s.win; w.inC == w.group && w.outC <= 2*w.group {
				i.weights = s.weights
				p.patch = max(p.patch, w.outW)
			} else {
				key := kernelKey{&s.weights[0], w.group}
				if kernels[key] == nil {
					kernels[key] = pack(&s)
					p.bytes += kernels[key].bytes()
				}
				i.kernel = kernels[key]
				p.patch = max(p.patch, i.kernel.patchSize(w))
			}
		case opShift, opClip:
			i.post.fuse(s)
		case opGather:
			i.channels = size(g.tensors[s.out].shape) / size(x.shape) // width of a row
			i.inner = size(x.shape)                                   // number of indices
		}
		i.out = reserve(s.out)
		p.instrs = append(p.instrs, i)
		if s.op == opConv || s.op == opShift || s.op == opClip {
			maker[s.out] = &p.instrs[len(p.instrs)-1]
		}
	}
	p.output = offset[root[g.output]]
	p.bytes += held(g.steps)
	return p
}

// kernelKey tells packed weights apart: the same weights make other words when
// they are grouped differently.
type kernelKey struct {
	weights *int32
	group   int
}

// held counts what the steps hold, shared constants once.
func held(steps []step) int {
	const perStep = 1024 // the step, its instruction and its tensor, roughly
	n := len(steps) * perStep
	seen := make(map[*int32]bool)
	for i := range steps {
		for _, values := range [][]int32{steps[i].weights, steps[i].values} {
			if len(values) > 0 && !seen[&values[0]] {
				seen[&values[0]] = true
				n += 4 * len(values)
			}
		}
		n += len(steps[i].shift)
	}
	return n
}

// post is what happens to a value before it is stored: a shift by its channel's
// k, then a clamp.
type post struct {
	shift   []uint8 // nil: no shift
	lo, hi  int32
	clamped bool
}

var unchanged = post{lo: -bound, hi: bound}

// fuse appends a shift or clamp, or reports that the order does not allow it.
func (p *post) fuse(s step) bool {
	if s.op == opClip {
		r := interval{p.lo, p.hi}.clamp(s.lo, s.hi)
		p.lo, p.hi, p.clamped = r.lo, r.hi, true
		return true
	}
	if p.clamped || p.shift != nil {
		return false
	}
	p.shift = s.shift
	return true
}
