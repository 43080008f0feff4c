package intonnx

// operand is where an instruction finds one input: the offset in the arena and
// the number of values that belong to one step of the outer dimension.
type operand struct{ at, block int }

// instr is one compiled step. Its input is [outer][channels][inner].
type instr struct {
	op                     opcode
	in                     []operand
	out                    int // offset in the arena
	outer, channels, inner int

	win     window
	kernel  *kernel // opConv, unless weights are set
	weights []int32 // opConv, when it runs as depthwise
	values  []int32
	post    post
}

func (i *instr) run(s *Scratch) {
	x := s.arena[i.in[0].at:][:i.in[0].block*i.outer]
	out := s.arena[i.out:]
	switch i.op {
	case opConv:
		if i.kernel == nil {
			i.depthwise(s, x, out)
		} else {
			i.conv(s, x, out)
		}
	case opMaxPool:
		i.maxPool(x, out)
	case opSum:
		i.sum(x, out)
	case opGather:
		for n, row := range s.arena[i.in[0].at:][:i.inner] {
			copy(out[n*i.channels:], i.values[int(row)*i.channels:][:i.channels])
		}
	case opConcat:
		for o := range i.outer {
			for _, in := range i.in {
				n := copy(out, s.arena[in.at+o*in.block:][:in.block])
				out = out[n:]
			}
		}
	case opAdd:
		y := s.arena[i.in[1].at:][:len(x)]
		out = out[:len(x)]
		for n, v := range x {
			out[n] = v + y[n]
		}
	case opSub:
		y := s.arena[i.in[1].at:][:len(x)]
		out = out[:len(x)]
		for n, v := range x {
			out[n] = v - y[n]
		}
	default:
		i.elementwise(x, out[:len(x)])
	}
}

// elementwise runs the steps that treat every value of a channel alike.
func (i *instr) elementwise(x, out []int32) {
	for at := 0; at < len(x); {
		for c := range i.channels {
			from, into := x[at:at+i.inner], out[at:at+i.inner]
			switch i.op {
			case opAddConst:
				add := i.values[c]
				for n, v := range from {
					into[n] = v + add
				}
			case opMulConst:
				factor := i.values[c]
				for n, v := range from {
					into[n] = v * factor
				}
			default: // opShift, opClip
				for n, v := range from {
					into[n] = i.post.apply(v, c)
				}
			}
			at += i.inner
		}
	}
}

func (p *post) apply(v int32, channel int) int32 {
	if p.shift != nil {
		v >>= p.shift[channel] & 31
	}
	return min(max(v, p.lo), p.hi)
}

func (i *instr) sum(x, out []int32) {
	clear(out[:i.channels])
	for o := range i.outer {
		for c := range i.channels {
			total := out[c]
			for _, v := range x[(o*i.channels+c)*i.inner:][:i.inner] {
				total += v
			}
			out[c] = total
		}
	}
}

func (i *instr) maxPool(x, out []int32) {
	w := &i.win
	at := 0
	for c := range w.outC {
		plane := x[c*w.inH*w.inW:][:w.inH*w.inW]
		for oy := range w.outH {
			top := oy*w.strideH - w.padTop
			bottom := min(top+w.kernH, w.inH)
			top = max(top, 0)
			for ox := range w.outW {
				left := ox*w.strideW - w.padLeft
				right := min(left+w.kernW, w.inW)
				left = max(left, 0)
				largest := int32(-bound)
				for y := top; y < bottom; y++ {
					for _, v := range plane[y*w.inW+left : y*w.inW+right] {
						largest = max(largest, v)
					}
				}
				out[at] = largest
				at++
			}
		}
	}
}

// kernel holds the weights of a convolution, two output channels in one word:
// lo + hi<<32. One multiplication by an input value serves both, and because
// every sum of products stays below 2^24 in magnitude, the low lane can be read
// off the low half and the high lane off what is left when it is subtracted.
//
// The words of a group lie tap after tap, side by side for as many channels as
// one pass handles: eight, then four, then two.
type kernel struct {
	taps  int // products per output: inC/group * kernH * kernW
	quads [][4]int64
	duos  [][2]int64
	ones  []int64
}

// blockValues limits how much of the input is unfolded at a time, so that the
// unfolded block stays in the first-level cache.
const blockValues = 4096

func (k *kernel) bytes() int {
	return 32*len(k.quads) + 16*len(k.duos) + 8*len(k.ones)
}

func pack(s *step) *kernel {
	w := &s.win
	taps := w.inC / w.group * w.kernH * w.kernW
	perGroup := w.outC / w.group
	pairs := (perGroup + 1) / 2
	k := &kernel{
		taps:  taps,
		quads: make([][4]int64, w.group*(pairs/4)*taps),
		duos:  make([][2]int64, w.group*(pairs%4/2)*taps),
		ones:  make([]int64, w.group*(pairs%2)*taps),
	}
	for g := range w.group {
		for p := range pairs {
			first := g*perGroup + 2*p
			low := s.weights[first*taps:][:taps]
			var high []int32 // nil for the missing half of an odd count
			if 2*p+1 < perGroup {
				high = s.weights[(first+1)*taps:][:taps]
			}
			for t := range taps {
				word := int64(low[t])
				if high != nil {
					word += int64(high[t]) << 32
				}
				switch {
				case p < pairs/4*4:
					k.quads[(g*(pairs/4)+p/4)*taps+t][p%4] = word
				case p < pairs/2*2:
					k.duos[g*taps+t][p%2] = word
				default:
					k.ones[g*taps+t] = word
				}
			}
		}
	}
	return k
}

// block returns how many output positions of a row are unfolded at a time.
func (k *kernel) block(w *window) int {
	return min(w.outW, max(1, blockValues/k.taps))
}

func (k *kernel) patchSize(w *window) int {
	if k.whole(w) {
		return 0
	}
	return k.block(w) * k.taps
}

// whole reports whether the kernel covers the input exactly once, as in Gemm:
// then the input is its own patch.
func (k *kernel) whole(w *window) bool {
	return !w.padded && w.kernH == w.inH && w.kernW == w.inW && w.outH*w.outW == 1 &&
		(w.dilateH == 1 || w.kernH == 1) && (w.dilateW == 1 || w.kernW == 1)
}

func (i *instr) conv(s *Scratch, x, out []int32) {
	w, k := &i.win, i.kernel
	channels := w.inC / w.group
	perGroup := w.outC / w.group
	block := k.block(w)
	whole := k.whole(w)
	for g := range w.group {
		planes := x[g*channels*w.inH*w.inW:][:channels*w.inH*w.inW]
		for oy := range w.outH {
			for ox := 0; ox < w.outW; ox += block {
				patches := planes
				if !whole {
					n := min(block, w.outW-ox)
					patches = s.patch[:n*k.taps]
					w.unfold(patches, planes, k.taps, oy, ox, n)
				}
				i.products(patches, out, g, perGroup, oy*w.outW+ox)
			}
		}
	}
}

// unfold writes, for each of n output positions from (oy, ox), the input values
// under the kernel in the order of the weights; padding is zero.
func (w *window) unfold(patches, planes []int32, taps, oy, ox, n int) {
	first := 0 // tap
	for c := range w.inC / w.group {
		for ky := range w.kernH {
			sy := oy*w.strideH - w.padTop + ky*w.dilateH
			var row []int32 // empty above and below the input
			if sy >= 0 && sy < w.inH {
				row = planes[(c*w.inH+sy)*w.inW:][:w.inW]
			}
			sx := ox*w.strideW - w.padLeft
			for at := first; at < n*taps; at += taps {
				into := patches[at:][:w.kernW]
				if w.dilateW == 1 && sx >= 0 && sx+len(into) <= len(row) {
					switch from := row[sx:][:len(into)]; len(from) {
					case 3: // the usual widths, without a loop
						p, q := (*[3]int32)(into), (*[3]int32)(from)
						p[0], p[1], p[2] = q[0], q[1], q[2]
					case 5:
						p, q := (*[5]int32)(into), (*[5]int32)(from)
						p[0], p[1], p[2], p[3], p[4] = q[0], q[1], q[2], q[3], q[4]
					default:
						copy(into, from)
					}
				} else {
					for t := range into {
						into[t] = 0
						if x := sx + t*w.dilateW; x >= 0 && x < len(row) {
							into[t] = row[x]
						}
					}
				}
				sx += w.strideW
			}
			first += w.kernW
		}
	}
}

// depthwise runs a convolution of one input channel per group with hardly any
// outputs to share an unfolded patch: it adds up rows, weight by weight.
func (i *instr) depthwise(s *Scratch, x, out []int32) {
	w := &i.win
	sums := s.patch[:w.outW]
	for o := range w.outC {
		plane := x[o/(w.outC/w.group)*w.inH*w.inW:][:w.inH*w.inW]
		weights := i.weights[o*w.kernH*w.kernW:][:w.kernH*w.kernW]
		for oy := range w.outH {
			for n := range sums {
				sums[n] = i.values[o]
			}
			for ky := range w.kernH {
				sy := oy*w.strideH - w.padTop + ky*w.dilateH
				if sy < 0 || sy >= w.inH {
					continue
				}
				row := plane[sy*w.inW:][:w.inW]
				for kx := range w.kernW {
					addRow(sums, row, kx*w.dilateW-w.padLeft, w.strideW, weights[ky*w.kernW+kx])
				}
			}
			into := out[(o*w.outH+oy)*w.outW:][:w.outW]
			for n, v := range sums {
				into[n] = i.post.apply(v, o)
			}
		}
	}
}

// addRow adds weight * row[start + n*stride] to every sums[n] for which there is
// such a value.
func addRow(sums, row []int32, start, stride int, weight int32) {
	if start < 0 {
		skip := (-start + stride - 1) / stride
		if skip >= len(sums) {
			return
		}
		sums, start = sums[skip:], start+skip*stride
	}
	if start >= len(row) {
		return
	}
	row = row[start:]
	if stride == 1 {
		n := min(len(sums), len(row))
		sums, row = sums[:n], row[:n]
		for n, v := range row {
			sums[n] += weight * v
		}
		return
	}
	for n := range sums[:min(len(sums), (len(row)-1)/stride+1)] {
		sums[n] += weight * row[n*stride]
	}
}

// products multiplies the patches of some output positions with the weights of
// group g and stores the results.
func (i *instr) products(patches, out []int32, g, perGroup, position int) {
	w, k := &i.win, i.kernel
	taps := k.taps
	area := w.outH * w.outW
	first := g * perGroup
	end := first + perGroup
	positions := len(patches) / taps
	quads := k.quads[g*len(k.quads)/w.group : (g+1)*len(k.quads)/w.group]
	for ; len(quads) > 0; quads = quads[taps:] {
		for n := range positions {
			a, b, c, d := quadSums(patches[n*taps:][:taps], quads)
			i.store(out, first, end, area, position+n, a)
			i.store(out, first+2, end, area, position+n, b)
			i.store(out, first+4, end, area, position+n, c)
			i.store(out, first+6, end, area, position+n, d)
		}
		first += 8
	}
	if len(k.duos) > 0 {
		for n := range positions {
			a, b := duoSums(patches[n*taps:][:taps], k.duos[g*taps:])
			i.store(out, first, end, area, position+n, a)
			i.store(out, first+2, end, area, position+n, b)
		}
		first += 4
	}
	if len(k.ones) > 0 {
		for n := range positions {
			a := oneSums(patches[n*taps:][:taps], k.ones[g*taps:])
			i.store(out, first, end, area, position+n, a)
		}
	}
}

// The loops that do all the work stand alone, and are not inlined, so that the
// compiler keeps their sums in registers.

//go:noinline
func quadSums(patch []int32, weights [][4]int64) (a, b, c, d int64) {
	weights = weights[:len(patch)]
	for t, v := range patch {
		w, x := &weights[t], int64(v)
		a += x * w[0]
		b += x * w[1]
		c += x * w[2]
		d += x * w[3]
	}
	return a, b, c, d
}

//go:noinline
func duoSums(patch []int32, weights [][2]int64) (a, b int64) {
	weights = weights[:len(patch)]
	for t, v := range patch {
		w, x := &weights[t], int64(v)
		a += x * w[0]
		b += x * w[1]
	}
	return a, b
}

//go:noinline
func oneSums(patch []int32, weights []int64) (a int64) {
	weights = weights[:len(patch)]
	for t, v := range patch {
		a += int64(v) * weights[t]
	}
	return a
}

// store unpacks the sums of channels c and c+1 (if there is one), adds the bias
// and finishes them.
func (i *instr) store(out []int32, c, end, area, position int, sums int64) {
	low := int32(sums)
	out[c*area+position] = i.post.apply(low+i.values[c], c)
	if c+1 < end {
		high := int32((sums - int64(low)) >> 32)
		out[(c+1)*area+position] = i.post.apply(high+i.values[c+1], c+1)
	}
}
