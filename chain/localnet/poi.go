package localnet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/assay-network/assay/chain/intonnx"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// arena is one task of arenas.json. Files are relative to that file.
type arena struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Input       struct {
		Type  string   `json:"type"`
		Shape []uint32 `json:"shape"`
	} `json:"input"`
	Preprocessing string `json:"preprocessing"`
	Answer        struct {
		Kind      string   `json:"kind"`
		Labels    []string `json:"labels"`
		Tolerance uint32   `json:"tolerance"`
	} `json:"answer"`
	Weight    uint32 `json:"weight"`
	Reference struct {
		Name    string `json:"name"`
		File    string `json:"file"`
		Licence string `json:"licence"`
		Card    string `json:"card"`
	} `json:"reference"`
	Models []json.RawMessage `json:"models"`
}

// spec is what the chain keeps of the arena.
func (a arena) spec() (poitypes.ArenaSpec, error) {
	inputType, err := poitypes.InputType(a.Input.Type)
	if err != nil {
		return poitypes.ArenaSpec{}, err
	}
	spec := poitypes.ArenaSpec{
		Name:          a.Name,
		Description:   a.Description,
		InputType:     inputType,
		InputShape:    a.Input.Shape,
		Preprocessing: a.Preprocessing,
		Labels:        a.Answer.Labels,
		Tolerance:     a.Answer.Tolerance,
	}
	switch a.Answer.Kind {
	case "class":
		spec.Answer = poitypes.ANSWER_KIND_CLASS
	case "scalar":
		spec.Answer = poitypes.ANSWER_KIND_SCALAR
	default:
		return poitypes.ArenaSpec{}, fmt.Errorf("answer kind %q, expected class or scalar", a.Answer.Kind)
	}
	return spec, nil
}

// poiGenesis opens the arenas with their weights and reference models; curator
// creates them and approves their sponsors.
func poiGenesis(params poitypes.Params, options Options, arenas []arena, curator string) (*poitypes.GenesisState, error) {
	genesis := poitypes.DefaultGenesis()
	genesis.Params = params
	genesis.Fee.Amount = genesis.Params.RegistrationFee
	for i, a := range arenas {
		spec, err := a.spec()
		if err != nil {
			return nil, fmt.Errorf("arena %s: %w", a.Name, err)
		}
		file, err := readBounded(filepath.Join(filepath.Dir(options.ArenasFile), filepath.Clean("/"+a.Reference.File)), intonnx.MaxFileBytes)
		if err != nil {
			return nil, fmt.Errorf("arena %s: read its reference model: %w", a.Name, err)
		}
		reference := poitypes.Reference{File: file, Name: a.Reference.Name, Card: a.Reference.Card, Licence: a.Reference.Licence}
		opened, model, step, err := poitypes.OpenArena(uint64(i+1), spec, curator, reference, intonnx.Limits{}, 0)
		if err != nil {
			return nil, fmt.Errorf("arena %s: %w", a.Name, err)
		}
		opened.Weight = a.Weight
		genesis.Arenas = append(genesis.Arenas, opened)
		genesis.Models = append(genesis.Models, model)
		genesis.ModelFiles = append(genesis.ModelFiles, poitypes.ModelFile{Model: model.Id, File: file})
		genesis.Steps = append(genesis.Steps, step)
	}
	genesis.Sequences.Arena = uint64(len(arenas))
	// An export lists them in this order.
	slices.SortFunc(genesis.Models, func(a, b poitypes.Model) int { return bytes.Compare(a.Id, b.Id) })
	slices.SortFunc(genesis.ModelFiles, func(a, b poitypes.ModelFile) int { return bytes.Compare(a.Model, b.Model) })
	return genesis, genesis.Validate()
}
