package keeper

import (
	"container/list"
	"context"
	"sync"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// maxCachedBytes bounds the memory of the programs that are kept. Sizes of files
// would not do: a program can take many times as much.
const maxCachedBytes = 256 << 20

// programCache keeps parsed programs, most recently used first. Model ids are
// hashes of the files, so an entry is never stale; whether a model has a file is
// always asked of the store. The lock is there for queries, which run beside blocks.
type programCache struct {
	mu    sync.Mutex
	byID  map[string]*list.Element // look-up only
	order *list.List
	bytes int

	// scratch is the working memory of runs (*intonnx.Scratch).
	scratch sync.Pool
}

type cachedProgram struct {
	id      string
	program *intonnx.Program
	bytes   int
}

func newProgramCache() *programCache {
	return &programCache{
		byID:    make(map[string]*list.Element),
		order:   list.New(),
		scratch: sync.Pool{New: func() any { return new(intonnx.Scratch) }},
	}
}

func (c *programCache) get(id []byte) (*intonnx.Program, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byID[string(id)]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(cachedProgram).program, true
}

func (c *programCache) put(program *intonnx.Program, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := string(program.Info.SHA256[:])
	if _, ok := c.byID[id]; ok {
		return
	}
	c.byID[id] = c.order.PushFront(cachedProgram{id: id, program: program, bytes: bytes})
	c.bytes += bytes
	for c.bytes > maxCachedBytes && c.order.Len() > 1 {
		oldest := c.order.Remove(c.order.Back()).(cachedProgram)
		delete(c.byID, oldest.id)
		c.bytes -= oldest.bytes
	}
}

// freeOfGas returns a context whose store access is not charged. It serves
// access that not every node, or not every mode of execution, makes.
func freeOfGas(ctx context.Context) sdk.Context {
	return sdk.UnwrapSDKContext(ctx).WithGasMeter(storetypes.NewInfiniteGasMeter())
}

// program returns the parsed file of a model. It costs no gas, hit or miss;
// callers charge by formula.
func (k Keeper) program(ctx context.Context, model []byte) (*intonnx.Program, error) {
	free := freeOfGas(ctx)
	// Asked on a hit as well: a node that still holds a program whose file was
	// deleted must answer as all others do.
	if has, err := k.modelFiles.Has(free, model); err != nil {
		return nil, err
	} else if !has {
		return nil, types.ErrNotFound.Wrapf("file of model %x", model)
	}
	if program, ok := k.programs.get(model); ok {
		return program, nil
	}
	file, err := k.modelFiles.Get(free, model)
	if err != nil {
		return nil, err
	}
	// The ceilings of the profile, not the parameters: those were checked when
	// the model came, and may have been lowered since.
	program, err := intonnx.Check(file, intonnx.Limits{})
	if err != nil {
		return nil, types.ErrModelFile.Wrapf("stored file of model %x: %s", model, err)
	}
	k.programs.put(program, program.Bytes())
	return program, nil
}

// RunModel runs a model that has a file on one raw item and returns its logits.
// It charges nothing: callers account for the model's cost themselves.
func (k Keeper) RunModel(ctx context.Context, model, input []byte) ([]int32, error) {
	program, err := k.program(ctx, model)
	if err != nil {
		return nil, err
	}
	scratch := k.programs.scratch.Get().(*intonnx.Scratch)
	defer k.programs.scratch.Put(scratch)
	logits, err := program.Run(scratch, input)
	if err != nil {
		return nil, types.ErrInvalid.Wrapf("input of model %x: %s", model, err)
	}
	return logits, nil
}
