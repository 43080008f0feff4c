// Package cmd holds the commands of assayd.
package cmd

import (
	"fmt"
	"os"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	clientconfig "github.com/cosmos/cosmos-sdk/client/config"
	"github.com/cosmos/cosmos-sdk/client/debug"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/keys"
	"github.com/cosmos/cosmos-sdk/client/pruning"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/client/snapshot"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authcmd "github.com/cosmos/cosmos-sdk/x/auth/client/cli"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	genutilcli "github.com/cosmos/cosmos-sdk/x/genutil/client/cli"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/localnet"
	"github.com/assay-network/assay/chain/nodeconfig"
)

// NewRootCmd returns the assayd command with everything below it.
func NewRootCmd() *cobra.Command {
	// The commands need codecs and module descriptions; an application that
	// never loads a state has them all.
	template := app.New(log.NewNopLogger(), dbm.NewMemDB(), false, noOptions{})

	clientCtx := client.Context{}.
		WithCodec(template.AppCodec()).
		WithInterfaceRegistry(template.InterfaceRegistry()).
		WithTxConfig(template.TxConfig()).
		WithLegacyAmino(template.LegacyAmino()).
		WithInput(os.Stdin).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(params.DefaultNodeHome()).
		WithViper("ASSAYD")

	root := &cobra.Command{
		Use:           params.AppName,
		Short:         "Assay node: models scored and audited by the chain, paid for what they add",
		SilenceErrors: true, // main prints the error once
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return prepare(cmd, clientCtx)
		},
	}
	addCommands(root, template)

	if err := template.AutoCLIOptions(clientCtx).EnhanceRootCommand(root); err != nil {
		panic(fmt.Errorf("build module commands: %w", err))
	}
	return root
}

// prepare reads flags, client.toml, config.toml and app.toml, writing the files
// with this chain's defaults where they are missing.
func prepare(cmd *cobra.Command, clientCtx client.Context) error {
	cmd.SetOut(cmd.OutOrStdout())
	cmd.SetErr(cmd.ErrOrStderr())

	clientCtx = clientCtx.WithCmdContext(cmd.Context())
	clientCtx, err := client.ReadPersistentCommandFlags(clientCtx, cmd.Flags())
	if err != nil {
		return err
	}
	clientCtx, err = clientconfig.ReadFromClientConfig(clientCtx)
	if err != nil {
		return err
	}
	if err := client.SetCmdClientContextHandler(clientCtx, cmd); err != nil {
		return err
	}
	appTemplate, appConfig := nodeconfig.App()
	return server.InterceptConfigsPreRunHandler(cmd, appTemplate, appConfig, nodeconfig.Comet())
}

func addCommands(root *cobra.Command, template *app.App) {
	home := params.DefaultNodeHome()
	root.AddCommand(
		genutilcli.InitCmd(template.BasicModuleManager, home),
		genutilcli.Commands(template.TxConfig(), template.BasicModuleManager, home),
		localnet.Command(template),
		IntONNXCommand(),
		keys.Commands(),
		debug.Cmd(),
		pruning.Cmd(newApp, home),
		snapshot.Cmd(newApp),
		server.StatusCommand(),
		queryCommand(),
		txCommand(),
	)
	server.AddCommands(root, home, newApp, export, func(*cobra.Command) {})
}

func queryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "query",
		Aliases: []string{"q"},
		Short:   "Ask a node about the chain",
		RunE:    client.ValidateCmd,
	}
	cmd.AddCommand(
		rpc.QueryEventForTxCmd(),
		rpc.WaitTxCmd(),
		server.QueryBlockCmd(),
		server.QueryBlocksCmd(),
		server.QueryBlockResultsCmd(),
		authcmd.QueryTxCmd(),
		authcmd.QueryTxsByEventsCmd(),
	)
	cmd.PersistentFlags().String(flags.FlagChainID, "", "The network chain ID")
	return cmd
}

func txCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tx",
		Short: "Sign and send a transaction",
		RunE:  client.ValidateCmd,
	}
	cmd.AddCommand(
		authcmd.GetSignCommand(),
		authcmd.GetSignBatchCommand(),
		authcmd.GetMultiSignCommand(),
		authcmd.GetMultiSignBatchCmd(),
		authcmd.GetValidateSignaturesCommand(),
		authcmd.GetBroadcastCommand(),
		authcmd.GetEncodeCommand(),
		authcmd.GetDecodeCommand(),
		authcmd.GetSimulateCmd(),
	)
	cmd.PersistentFlags().String(flags.FlagChainID, "", "The network chain ID")
	return cmd
}

// newApp builds the application of a running node. Blocks are executed while
// they are being voted on: the result is thrown away if another one wins.
func newApp(logger log.Logger, db dbm.DB, options servertypes.AppOptions) servertypes.Application {
	baseAppOptions := append(server.DefaultBaseappOptions(options), baseapp.SetOptimisticExecution())
	return app.New(logger, db, true, options, baseAppOptions...)
}

// export loads the state at height (-1: the latest) and writes it as genesis.
func export(
	logger log.Logger, db dbm.DB, height int64, forZeroHeight bool, jailAllowed []string,
	options servertypes.AppOptions, modules []string,
) (servertypes.ExportedApp, error) {
	if forZeroHeight || len(jailAllowed) > 0 {
		return servertypes.ExportedApp{}, app.ErrZeroHeight
	}
	exported := app.New(logger, db, height == -1, options, server.DefaultBaseappOptions(options)...)
	if height != -1 {
		if err := exported.LoadVersion(height); err != nil {
			return servertypes.ExportedApp{}, fmt.Errorf("load height %d (it may be pruned): %w", height, err)
		}
	}
	return exported.Export(modules)
}

// noOptions are the settings of an application without a home.
type noOptions struct{}

// Get implements servertypes.AppOptions.
func (noOptions) Get(string) any { return nil }
