package chain

import (
	_ "cosmossdk.io/client/v2/autocli"
	_ "cosmossdk.io/collections"
	_ "cosmossdk.io/log/v2"
	_ "cosmossdk.io/math"
	_ "github.com/cometbft/cometbft/types"
	_ "github.com/cosmos/cosmos-sdk/baseapp"
	_ "github.com/cosmos/cosmos-sdk/server"
	_ "github.com/cosmos/cosmos-sdk/store/v2/types"
	_ "github.com/cosmos/cosmos-sdk/x/evidence"
	_ "github.com/cosmos/cosmos-sdk/x/feegrant"
	_ "github.com/cosmos/cosmos-sdk/x/gov"
	_ "github.com/cosmos/cosmos-sdk/x/upgrade"
	_ "github.com/cosmos/gogoproto/proto"
	_ "github.com/grpc-ecosystem/grpc-gateway/runtime"
)
