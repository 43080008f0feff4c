package intonnx

import (
	"fmt"
	"slices"
)

// RunNaive is Run without any of its tricks: node by node, in int64, straight
// from the definitions. It is the oracle that tests hold Run against.
func (p *Program) RunNaive(input []byte) ([]int32, error) {
	if n := p.Info.Input.Bytes(); len(input) != n {
		return nil, fmt.Errorf("intonnx: the input has %d bytes, expected %d", len(input), n)
	}
	g := p.graph
	values := make([][]int64, len(g.tensors))
	raw := make([]int32, size(g.tensors[0].shape))
	load(raw, input, p.Info.Input.Type)
	values[0] = widen(raw)
	for i := range g.steps {
		s := &g.steps[i]
		values[s.out] = s.naive(g, values)
	}
	out := make([]int32, len(values[g.output]))
	for i, v := range values[g.output] {
		out[i] = int32(v)
	}
	return out, nil
}

func widen(values []int32) []int64 {
	wide := make([]int64, len(values))
	for i, v := range values {
		wide[i] = int64(v)
	}
	return wide
}

func (s *step) naive(g *graph, values [][]int64) []int64 {
	x := values[s.in[0]]
	outer, channels, inner := layout(g.tensors[s.in[0]].shape)
	out := make([]int64, size(g.tensors[s.out].shape))
	channel := func(i int) int { return i / inner % channels }
	switch s.op {
	case opCopy:
		copy(out, x)
	case opConv:
		s.win.each(func(o, y, xx, at int) {
			group := s.win.outC / s.win.group
			perGroup := s.win.inC / s.win.group
			sum := int64(s.values[o])
			for c := range perGroup {
				plane := x[(o/group*perGroup+c)*s.win.inH*s.win.inW:]
				weights := s.weights[(o*perGroup+c)*s.win.kernH*s.win.kernW:]
				s.win.taps(y, xx, func(tap, source int) {
					sum += int64(weights[tap]) * plane[source]
				})
			}
			out[at] = sum
		})
	case opMaxPool:
		s.win.each(func(c, y, xx, at int) {
			plane := x[c*s.win.inH*s.win.inW:]
			largest := int64(-bound)
			s.win.taps(y, xx, func(_, source int) {
				largest = max(largest, plane[source])
			})
			out[at] = largest
		})
	case opAddConst:
		for i, v := range x {
			out[i] = v + int64(s.values[channel(i)])
		}
	case opMulConst:
		for i, v := range x {
			out[i] = v * int64(s.values[channel(i)])
		}
	case opShift:
		for i, v := range x {
			out[i] = v >> s.shift[channel(i)]
		}
	case opClip:
		for i, v := range x {
			out[i] = min(max(v, int64(s.lo)), int64(s.hi))
		}
	case opAdd:
		for i, v := range x {
			out[i] = v + values[s.in[1]][i]
		}
	case opSub:
		for i, v := range x {
			out[i] = v - values[s.in[1]][i]
		}
	case opSum:
		for i, v := range x {
			out[channel(i)] += v
		}
	case opGather:
		width := len(out) / len(x)
		for i, row := range x {
			for j := range width {
				out[i*width+j] = int64(s.values[int(row)*width+j])
			}
		}
	case opConcat:
		out = out[:0]
		for o := range outer {
			for _, id := range s.in {
				block := len(values[id]) / outer
				out = slices.Concat(out, values[id][o*block:(o+1)*block])
			}
		}
	}
	return out
}

// each calls f for every output: channel, row, column and flat index.
func (w *window) each(f func(channel, y, x, at int)) {
	at := 0
	for c := range w.outC {
		for y := range w.outH {
			for x := range w.outW {
				f(c, y, x, at)
				at++
			}
		}
	}
}

// taps calls f for every kernel position of output (y, x) that does not fall
// into the padding: index in the kernel and index in the input plane.
func (w *window) taps(y, x int, f func(tap, source int)) {
	for ky := range w.kernH {
		for kx := range w.kernW {
			sy := y*w.strideH - w.padTop + ky*w.dilateH
			sx := x*w.strideW - w.padLeft + kx*w.dilateW
			if sy >= 0 && sy < w.inH && sx >= 0 && sx < w.inW {
				f(ky*w.kernW+kx, sy*w.inW+sx)
			}
		}
	}
}
