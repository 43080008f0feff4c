package protocol

import (
	"strings"
	"testing"
)

func TestFormatValidate(t *testing.T) {
	for _, c := range []struct {
		format Format
		err    string
	}{
		{Format{KindClass, 2, 0}, ""},
		{Format{KindClass, 256, 0}, ""},
		{Format{KindClass, 1, 0}, "1 classes"},
		{Format{KindClass, 257, 0}, "257 classes"},
		{Format{KindClass, 2, 1}, "tolerance 1 in a class arena"},
		{Format{KindScalar, 0, 0}, ""},
		{Format{KindScalar, 0, -1}, "tolerance -1"},
		{Format{KindScalar, 2, 0}, "2 classes in a scalar arena"},
		{Format{}, "unknown kind of answer 0"},
	} {
		wantError(t, c.format.Validate(), c.err)
	}
}

// wantError checks that err contains text, or is nil if text is empty.
func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if text == "" && err != nil || text != "" && (err == nil || !strings.Contains(err.Error(), text)) {
		t.Errorf("got error %v, expected %q", err, text)
	}
}

func TestCheckRowAndLabels(t *testing.T) {
	class, scalar := Format{Kind: KindClass, Classes: 3}, Format{Kind: KindScalar}
	for _, c := range []struct {
		got error
		err string
	}{
		{class.CheckRow(2, []byte{0, 2}, make([]byte, 8)), ""},
		{class.CheckRow(2, []byte{0}, make([]byte, 8)), "answers of 1 bytes, expected 2"},
		{class.CheckRow(2, []byte{0, 3}, make([]byte, 8)), "item 1 has class 3, expected below 3"},
		{class.CheckRow(2, []byte{0, 2}, make([]byte, 9)), "tags of 9 bytes, expected 8"},
		{scalar.CheckRow(2, make([]byte, 8), make([]byte, 8)), ""},
		{scalar.CheckLabels(2, make([]byte, 7)), "labels of 7 bytes, expected 8"},
		{class.CheckLabels(1, []byte{255}), "labels: item 0 has class 255"},
		{class.CheckLabels(1, []byte{2}), ""},
	} {
		wantError(t, c.got, c.err)
	}
	_, err := class.Answer([]int32{1, 2})
	wantError(t, err, "2 logits, expected 3")
	_, err = scalar.Correct(make([]byte, 6), make([]byte, 6))
	wantError(t, err, "6 bytes of answers for 6 bytes of labels of width 4")
	_, err = class.Compare([]byte{1}, []byte{1}, nil)
	wantError(t, err, "0 bytes of answers")
}

func TestScalarToleranceAtTheExtremes(t *testing.T) {
	far := Format{Kind: KindScalar, Tolerance: 1<<32 - 1}
	near := Format{Kind: KindScalar, Tolerance: 1<<32 - 2}
	low := must[[]byte](t)(far.Answer([]int32{-1 << 31}))
	high := must[[]byte](t)(far.Answer([]int32{1<<31 - 1}))
	if n := must[int64](t)(far.CountCorrect(low, high)); n != 1 {
		t.Error("the whole range is within its own length")
	}
	if n := must[int64](t)(near.CountCorrect(low, high)); n != 0 {
		t.Error("the whole range is not within less than its length")
	}
}

func TestCompareIsPossibleAndMirrored(t *testing.T) {
	s := newSource("compare")
	f := Format{Kind: KindClass, Classes: 3}
	for range 200 {
		answers := s.list(3, 20)
		for _, a := range answers {
			for i := range a {
				a[i] %= 3
			}
		}
		there := must[Trial](t)(f.Compare(answers[0], answers[1], answers[2]))
		back := must[Trial](t)(f.Compare(answers[0], answers[2], answers[1]))
		if err := there.Validate(); err != nil {
			t.Fatal(err)
		}
		if mirrored := (Trial{back.C, back.B, back.N, back.WrongNew, back.WrongOld}); there != mirrored {
			t.Fatalf("%+v one way, %+v the other", there, back)
		}
		copied := must[Trial](t)(f.Compare(answers[0], answers[1], answers[1]))
		if copied.B != 0 || copied.C != 0 {
			t.Fatalf("a copy differs: %+v", copied)
		}
	}
}
