package protocol

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Kind says what an arena's answers are. The numbers are those of the proto enum.
type Kind uint8

const (
	// KindClass answers are the index of the largest logit, one byte.
	KindClass Kind = 1
	// KindScalar answers are the single int32 output, 4 bytes little-endian.
	KindScalar Kind = 2
)

// TagSize is the length of the tag of one item.
const TagSize = 4

// MaxClasses is the largest number of classes that one byte can name.
const MaxClasses = 256

// Format is what an arena fixes about answers and labels. Both have the same
// encoding.
type Format struct {
	Kind Kind
	// Classes is the number of logits in class arenas, 2 to MaxClasses; 0 in scalar ones.
	Classes uint32
	// Tolerance is how far a correct scalar answer may be from its label, at
	// least 0; 0 in class arenas.
	Tolerance int64
}

// Validate checks the bounds given at the fields.
func (f Format) Validate() error {
	switch f.Kind {
	case KindClass:
		if f.Classes < 2 || f.Classes > MaxClasses {
			return fmt.Errorf("%d classes, expected 2 to %d", f.Classes, MaxClasses)
		}
		if f.Tolerance != 0 {
			return fmt.Errorf("tolerance %d in a class arena, expected 0", f.Tolerance)
		}
	case KindScalar:
		if f.Classes != 0 {
			return fmt.Errorf("%d classes in a scalar arena, expected 0", f.Classes)
		}
		if f.Tolerance < 0 {
			return fmt.Errorf("tolerance %d, expected at least 0", f.Tolerance)
		}
	default:
		return fmt.Errorf("unknown kind of answer %d", f.Kind)
	}
	return nil
}

// Width is the number of bytes of one answer or label.
func (f Format) Width() int {
	if f.Kind == KindScalar {
		return 4
	}
	return 1
}

// Outputs is the number of logits a model of the arena returns for one item.
func (f Format) Outputs() int {
	if f.Kind == KindScalar {
		return 1
	}
	return int(f.Classes)
}

// Answer encodes the answer that the logits of one item give. Of equal largest
// logits the lowest index wins.
func (f Format) Answer(logits []int32) ([]byte, error) {
	if len(logits) != f.Outputs() {
		return nil, fmt.Errorf("%d logits, expected %d", len(logits), f.Outputs())
	}
	if f.Kind == KindScalar {
		return binary.LittleEndian.AppendUint32(nil, uint32(logits[0])), nil
	}
	best := 0
	for i, logit := range logits {
		if logit > logits[best] {
			best = i
		}
	}
	return []byte{byte(best)}, nil
}

// Tag is the first TagSize bytes of SHA-256 over the logits as little-endian
// int32. It makes a guessed answer useless.
func Tag(logits []int32) []byte {
	buf := make([]byte, 0, 4*len(logits))
	for _, logit := range logits {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(logit))
	}
	sum := sha256.Sum256(buf)
	return sum[:TagSize]
}

// CheckRow checks that a row has one answer in range and one tag for each of
// the items.
func (f Format) CheckRow(items uint32, answers, tags []byte) error {
	if err := f.check("answers", items, answers); err != nil {
		return err
	}
	if want := uint64(items) * TagSize; uint64(len(tags)) != want {
		return fmt.Errorf("tags of %d bytes, expected %d", len(tags), want)
	}
	return nil
}

// CheckLabels checks that a batch has one label in range for each of the items.
func (f Format) CheckLabels(items uint32, labels []byte) error {
	return f.check("labels", items, labels)
}

func (f Format) check(what string, items uint32, values []byte) error {
	if want := uint64(items) * uint64(f.Width()); uint64(len(values)) != want {
		return fmt.Errorf("%s of %d bytes, expected %d", what, len(values), want)
	}
	if f.Kind == KindClass {
		for i, value := range values {
			if uint32(value) >= f.Classes {
				return fmt.Errorf("%s: item %d has class %d, expected below %d", what, i, value, f.Classes)
			}
		}
	}
	return nil
}

// Correct says for each item whether the answer is correct: the same class, or
// within the tolerance of the label.
func (f Format) Correct(labels, answers []byte) ([]bool, error) {
	width := f.Width()
	if len(labels) != len(answers) || len(labels)%width != 0 {
		return nil, fmt.Errorf("%d bytes of answers for %d bytes of labels of width %d", len(answers), len(labels), width)
	}
	correct := make([]bool, len(labels)/width)
	for i := range correct {
		if f.Kind == KindScalar {
			t := int64(int32(binary.LittleEndian.Uint32(labels[4*i:])))
			y := int64(int32(binary.LittleEndian.Uint32(answers[4*i:])))
			correct[i] = max(y-t, t-y) <= f.Tolerance
		} else {
			correct[i] = labels[i] == answers[i]
		}
	}
	return correct, nil
}

// CountCorrect returns how many of the answers are correct.
func (f Format) CountCorrect(labels, answers []byte) (int64, error) {
	correct, err := f.Correct(labels, answers)
	if err != nil {
		return 0, err
	}
	var count int64
	for _, ok := range correct {
		if ok {
			count++
		}
	}
	return count, nil
}

// Compare counts the items of one batch on which the answers of a contender and
// of an older model (a step's) differ in being correct.
func (f Format) Compare(labels, contender, older []byte) (Trial, error) {
	byNew, err := f.Correct(labels, contender)
	if err != nil {
		return Trial{}, err
	}
	byOld, err := f.Correct(labels, older)
	if err != nil {
		return Trial{}, err
	}
	t := Trial{N: int64(len(byNew))}
	for i := range byNew {
		if !byNew[i] {
			t.WrongNew++
		}
		if !byOld[i] {
			t.WrongOld++
		}
		if byNew[i] && !byOld[i] {
			t.B++
		}
		if byOld[i] && !byNew[i] {
			t.C++
		}
	}
	return t, nil
}
