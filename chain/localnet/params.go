package localnet

import (
	"encoding/json"
	"fmt"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/gogoproto/proto"

	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// maxParamsFile bounds the file of --params.
const maxParamsFile = 1 << 20

// marketplaceKey is where the file of --params holds the market's parameters.
const marketplaceKey = "marketplace"

// readParams returns the parameters for local networks. A file overrides single
// ones by their names in JSON: those of x/poi, and in an object "marketplace"
// those of x/marketplace.
func readParams(cdc codec.JSONCodec, path string) (poitypes.Params, marketplacetypes.Params, error) {
	poi, market := poitypes.LocalParams(), marketplacetypes.LocalParams()
	if path == "" {
		return poi, market, nil
	}
	fail := func(err error) (poitypes.Params, marketplacetypes.Params, error) {
		return poi, market, fmt.Errorf("--params %s: %w", path, err)
	}
	content, err := readBounded(path, maxParamsFile)
	if err != nil {
		return fail(err)
	}
	given, err := object(content)
	if err != nil {
		return fail(err)
	}
	if content, ok := given[marketplaceKey]; ok {
		overrides, err := object(content)
		if err != nil {
			return fail(fmt.Errorf("%s: %w", marketplaceKey, err))
		}
		if err := override(cdc, "x/marketplace", &market, overrides); err != nil {
			return fail(err)
		}
		delete(given, marketplaceKey)
	}
	if err := override(cdc, "x/poi", &poi, given); err != nil {
		return fail(err)
	}
	if err := market.Validate(); err != nil {
		return fail(err)
	}
	if err := poi.Validate(); err != nil {
		return fail(err)
	}
	return poi, market, nil
}

func object(content []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(content, &fields); err != nil {
		return nil, fmt.Errorf("expected a JSON object of params: %w", err)
	}
	return fields, nil
}

// override replaces the fields of a module's params that are given.
func override(cdc codec.JSONCodec, module string, params proto.Message, given map[string]json.RawMessage) error {
	encoded, err := cdc.MarshalJSON(params)
	if err != nil {
		return err
	}
	merged, err := object(encoded)
	if err != nil {
		return err
	}
	for name, value := range given {
		if _, known := merged[name]; !known {
			return fmt.Errorf("%s has no parameter %q", module, name)
		}
		merged[name] = value
	}
	if encoded, err = json.Marshal(merged); err != nil {
		return err
	}
	params.Reset()
	return cdc.UnmarshalJSON(encoded, params)
}
