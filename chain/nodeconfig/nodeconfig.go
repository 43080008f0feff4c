// Package nodeconfig holds the settings a node starts with: what is written to
// config.toml and app.toml where an operator has not decided otherwise.
package nodeconfig

import (
	cmtcfg "github.com/cometbft/cometbft/config"

	serverconfig "github.com/cosmos/cosmos-sdk/server/config"

	"github.com/assay-network/assay/chain/app/params"
)

const (
	// maxTxBytes fits a model file of 512 KiB, or the inputs of several batches.
	maxTxBytes = 2 << 20
	// maxBodyBytes fits such a transaction in base64 inside a JSON request.
	maxBodyBytes = 4 << 20
	// mempoolTxs and mempoolBytes hold a whole phase's worth of posted inputs.
	mempoolTxs   = 5_000
	mempoolBytes = 256 << 20
	// queryGasLimit is far above any page of a query and stops a scan of state.
	queryGasLimit = 50_000_000
)

// Comet returns the settings of the consensus engine (config.toml).
func Comet() *cmtcfg.Config {
	config := cmtcfg.DefaultConfig()
	config.RPC.MaxBodyBytes = maxBodyBytes
	config.Mempool.MaxTxBytes = maxTxBytes
	config.Mempool.Size = mempoolTxs
	config.Mempool.MaxTxsBytes = mempoolBytes
	return config
}

// App returns the template and the settings of the application (app.toml). A
// public node is what they are made for: fees and limits on queries are set,
// and others may sync from its snapshots.
func App() (template string, config serverconfig.Config) {
	config = *serverconfig.DefaultConfig()
	config.MinGasPrices = "0.001" + params.BaseDenom
	config.QueryGasLimit = queryGasLimit
	config.API.RPCMaxBodyBytes = maxBodyBytes
	config.StateSync.SnapshotInterval = 1_000
	config.StateSync.SnapshotKeepRecent = 2
	return serverconfig.DefaultConfigTemplate, config
}
