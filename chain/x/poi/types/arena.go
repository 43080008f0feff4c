package types

import (
	"slices"

	sdkmath "cosmossdk.io/math"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
)

// maxTolerance bounds the tolerance of scalar arenas by what a model can output.
const maxTolerance = 1 << 24

// inputTypes are the element types of inputs, by their names in intonnx, with
// their widths in bytes.
var inputTypes = []struct {
	typ   TensorType
	name  string
	width int
}{
	{TENSOR_TYPE_UINT8, "uint8", 1},
	{TENSOR_TYPE_INT8, "int8", 1},
	{TENSOR_TYPE_INT16, "int16", 2},
}

// InputType returns the tensor type that intonnx (and arenas.json) calls name.
func InputType(name string) (TensorType, error) {
	for _, t := range inputTypes {
		if t.name == name {
			return t.typ, nil
		}
	}
	return TENSOR_TYPE_UNSPECIFIED, ErrInvalid.Wrapf("input type %q, expected uint8, int8 or int16", name)
}

// Validate checks everything about a spec that does not depend on other arenas.
func (s ArenaSpec) Validate() error {
	if !arenaName.MatchString(s.Name) {
		return ErrInvalid.Wrapf("arena name %q, expected 1 to 32 of a-z, 0-9 and -", s.Name)
	}
	if err := checkText("description", s.Description, maxDescriptionBytes, true); err != nil {
		return err
	}
	if !preprocessingName.MatchString(s.Preprocessing) {
		return ErrInvalid.Wrapf("preprocessing %q, expected 1 to 64 of a-z, 0-9 and -", s.Preprocessing)
	}
	if bytes := s.ItemBytes(); bytes < 1 || bytes > MaxBatchBytes {
		return ErrInvalid.Wrapf("input %s %v, expected uint8, int8 or int16 with 1 to 3 dimensions and at most %d bytes", s.InputType, s.InputShape, MaxBatchBytes)
	}
	if err := s.Format().Validate(); err != nil {
		return ErrInvalid.Wrap(err.Error())
	}
	if s.Tolerance > maxTolerance {
		return ErrInvalid.Wrapf("tolerance %d, expected at most %d", s.Tolerance, maxTolerance)
	}
	for i, label := range s.Labels {
		if err := checkLine("label", label, maxNameBytes); err != nil {
			return err
		}
		if slices.Contains(s.Labels[:i], label) {
			return ErrInvalid.Wrapf("label %q is listed twice", label)
		}
	}
	return nil
}

// Format is what the arena fixes about answers and labels.
func (s ArenaSpec) Format() protocol.Format {
	return protocol.Format{
		Kind:      protocol.Kind(s.Answer),
		Classes:   uint32(len(s.Labels)),
		Tolerance: int64(s.Tolerance),
	}
}

// ItemBytes is the size of one raw item, row-major; 0 where type or shape are
// invalid.
func (s ArenaSpec) ItemBytes() int {
	size := 0
	for _, t := range inputTypes {
		if t.typ == s.InputType {
			size = t.width
		}
	}
	if len(s.InputShape) < 1 || len(s.InputShape) > 3 {
		return 0
	}
	for _, d := range s.InputShape {
		if d > intonnx.MaxElements || size > intonnx.MaxElements {
			return 0
		}
		size *= int(d)
	}
	return size
}

// Accepts checks that a model takes the arena's items and returns its logits.
func (s ArenaSpec) Accepts(info intonnx.Info) error {
	typ, err := InputType(info.Input.Type)
	if err != nil {
		return err
	}
	if typ != s.InputType {
		return ErrModelFile.Wrapf("input type %s, arena %s expects %s", typ, s.Name, s.InputType)
	}
	fits := len(info.Input.Shape) == len(s.InputShape)
	for i := 0; fits && i < len(s.InputShape); i++ {
		fits = info.Input.Shape[i] == int(s.InputShape[i])
	}
	if !fits {
		return ErrModelFile.Wrapf("input shape %v, arena %s expects %v", info.Input.Shape, s.Name, s.InputShape)
	}
	if want := s.Format().Outputs(); !slices.Equal(info.Outputs, []int{want}) {
		return ErrModelFile.Wrapf("output shape %v, arena %s expects [%d]", info.Outputs, s.Name, want)
	}
	return nil
}

// Reference is the public model an arena starts with.
type Reference struct {
	File    []byte
	Name    string
	Card    string
	Licence string
}

// OpenArena makes the first records of an arena: the arena itself with weight 0,
// its reference model, and step 0, which the reference holds. The file is checked
// within the limits.
func OpenArena(id uint64, spec ArenaSpec, creator string, ref Reference, limits intonnx.Limits, height int64) (Arena, Model, Step, error) {
	fail := func(err error) (Arena, Model, Step, error) { return Arena{}, Model{}, Step{}, err }
	if err := spec.Validate(); err != nil {
		return fail(err)
	}
	if err := CheckModelTexts(ref.Name, ref.Card, ref.Licence); err != nil {
		return fail(err)
	}
	program, err := intonnx.Check(ref.File, limits)
	if err != nil {
		return fail(ErrModelFile.Wrap(err.Error()))
	}
	info := program.Info
	if err := spec.Accepts(info); err != nil {
		return fail(err)
	}
	model := Model{
		Id:     info.SHA256[:],
		Arena:  id,
		Author: creator,
		Name:   ref.Name,
		Card:   ref.Card,
		Terms:  ModelTerms{Licence: ref.Licence, InferFee: sdkmath.ZeroInt()},
		Status: MODEL_STATUS_TOP,

		Macs:             info.MACs,
		Elements:         info.Elements,
		FileBytes:        uint32(len(ref.File)),
		HasFile:          true,
		RegisteredHeight: height,
		StepMark:         1,
	}
	arena := Arena{
		Id:            id,
		Spec:          spec,
		Creator:       creator,
		Curator:       creator,
		Steps:         1,
		Top:           model.Id,
		PotPerEpoch:   sdkmath.ZeroInt(),
		CreatedHeight: height,
	}
	return arena, model, Step{Arena: id, Model: model.Id}, nil
}

// Cost is what one run of the model is charged: MACs + output elements.
func (m Model) Cost() uint64 { return m.Macs + m.Elements }
