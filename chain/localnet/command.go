package localnet

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
)

// Command returns `assayd localnet`. encoding supplies codecs and default
// genesis states; its state is not touched.
func Command(encoding *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "localnet",
		Short: "Networks on one host, for development and tests",
		RunE:  client.ValidateCmd,
		// These commands have no node home: keep the root command from making one.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(initCommand(encoding))
	return cmd
}

func initCommand(encoding *app.App) *cobra.Command {
	var (
		options     Options
		genesisTime string
	)
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the homes, keys and genesis of a network that is ready to start",
		Long: `Write the homes of N validators (node0 to node<N-1>) that are ready to start on
this host, one shared genesis, keys with funds, and network.json, which tells
other programs where everything is. Start each node with

    assayd start --home DIR/node<i>

The keys are not protected: never use them anywhere else.`,
		Example: "assayd localnet init --validators 4 --dir .demo --arenas models/arenas.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.GenesisTime = time.Now().UTC()
			if genesisTime != "" {
				parsed, err := time.Parse(time.RFC3339, genesisTime)
				if err != nil {
					return fmt.Errorf("--genesis-time: %w", err)
				}
				options.GenesisTime = parsed.UTC()
			}
			network, err := Init(encoding, options)
			if err != nil {
				return err
			}
			for _, node := range network.Nodes {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  rpc %s  rest %s  grpc %s\n", node.Home, node.RPC, node.REST, node.GRPC)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&options.Validators, "validators", 4, "number of validators")
	flags.StringVar(&options.Dir, "dir", "", "directory to write (must be empty or missing, see --force)")
	flags.BoolVar(&options.Force, "force", false, "replace the network that an earlier run wrote to the directory")
	flags.StringVar(&options.ArenasFile, "arenas", "", "arenas.json with the arenas and their reference models; none without it")
	flags.StringVar(&options.ParamsFile, "params", "", "JSON object of x/poi parameters that differ from those for local networks, with those of x/marketplace in an object \"marketplace\"")
	flags.StringVar(&options.ChainID, "chain-id", params.LocalChainID, "chain id")
	flags.DurationVar(&options.BlockTime, "block-time", time.Second, "pause between blocks")
	flags.IntVar(&options.BasePort, "base-port", 0,
		"first of five consecutive ports per node; 0 takes the usual 26656, 26657, 26660, 9090 and 1317, plus 10 for every further node")
	flags.IntVar(&options.SponsorsPerArena, "sponsors-per-arena", 5, "sponsor keys for every arena")
	flags.IntVar(&options.MinersPerArena, "miners-per-arena", 0, "miner keys for every arena; 0 makes one per model in arenas.json")
	flags.Uint64Var(&options.RetainBlocks, "retain-blocks", 2_000, "blocks every node keeps, 0 keeps all")
	flags.StringVar(&options.Seed, "seed", "", "derive every key from this text, for tests; random without it")
	flags.StringVar(&genesisTime, "genesis-time", "", "time of the first block (RFC 3339); now without it")
	if err := cmd.MarkFlagRequired("dir"); err != nil {
		panic(err)
	}
	return cmd
}
