package poi

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// AutoCLIOptions names the commands that the SDK makes of queries and messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: types.Query_serviceDesc.ServiceName,
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				command("Params", "params", "Query the parameters in force from the next epoch"),
				command("Clock", "clock", "Query epoch, phase and their heights"),
				command("Arenas", "arenas", "List arenas"),
				command("Arena", "arena [id]", "Query an arena with its funded pot", "arena"),
				command("Ladder", "ladder [arena]", "List the steps of an arena", "arena"),
				command("Contenders", "contenders [arena]", "List the contenders of an arena", "arena"),
				command("Contender", "contender [model]", "Query the standing of a contender", "model_hex"),
				command("Models", "models", "List models (--arena, --author)"),
				command("Model", "model [id]", "Query a model", "model_hex"),
				command("ModelFile", "model-file [id]", "Query the ONNX file of a model", "model_hex"),
				command("ModelEpoch", "model-epoch [id] [epoch]", "Query every number of a model in an epoch: why it was paid", "model_hex", "epoch"),
				command("ModelEpochs", "model-epochs [id]", "List the results of a model, oldest first", "model_hex"),
				command("Sponsors", "sponsors [arena]", "List the sponsors of an arena", "arena"),
				command("Sponsor", "sponsor [arena] [address]", "Query a sponsor with bond and commitments", "arena", "address"),
				command("Scorers", "scorers", "List scorers"),
				command("Scorer", "scorer [address]", "Query a scorer by operator or hot key", "address"),
				command("Frozen", "frozen", "Query what the running epoch froze"),
				command("Epochs", "epochs", "List ended epochs, oldest first"),
				command("Epoch", "epoch [epoch]", "Query an ended epoch with its arenas", "epoch"),
				command("Slots", "slots [epoch]", "List the slots of an epoch", "epoch"),
				command("Slot", "slot [epoch] [slot]", "Query a slot", "epoch", "slot"),
				command("SlotInputs", "slot-inputs [slot]", "Query the inputs of a slot of the running epoch", "slot"),
				command("Rows", "rows [slot]", "List the rows of a slot of the running epoch", "slot"),
				command("Row", "row [slot] [model]", "Query a row of the running epoch", "slot", "model_hex"),
				command("Challenges", "challenges", "List challenges waiting to be run"),
				command("Convictions", "convictions", "List convictions (--epoch)"),
				command("Emission", "emission", "Query what was ever minted, and what an epoch minted (--epoch)"),
				command("Reservation", "reservation [hash]", "Query a reservation", "hash_hex"),
				command("RegistrationFee", "registration-fee", "Query the fee a registration burns now"),
				command("Rewards", "rewards [address]", "Query what an account may claim", "address"),
				command("Unbondings", "unbondings", "List bonds on their way back (--owner)"),
				command("Ledger", "ledger", "List the module's ledger"),
			},
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service: types.Msg_serviceDesc.ServiceName,
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				command("FundArena", "fund-arena [arena] [amount] [per-epoch]", "Add to an arena's pot; its creator also sets what an epoch pays (0 keeps it)", "arena", "amount", "per_epoch"),
				command("ApproveSponsor", "approve-sponsor [arena] [sponsor] [approved]", "Let an address join an arena as a sponsor, or take that back", "arena", "sponsor", "approved"),
				command("BondSponsor", "bond-sponsor [arena]", "Lock the sponsor bond, or top it up", "arena"),
				command("UnbondSponsor", "unbond-sponsor [arena]", "Leave an arena as a sponsor", "arena"),
				command("CommitBatches", "commit-batches [arena] [root] [count]", "Commit further batches under a Merkle root (hex)", "arena", "root", "count"),
				named(command("BondScorer", "bond-scorer", "Register the scorer of your validator (--hot-key, --chain-tip), or top up its bond"),
					// The SDK has a --tip of its own on every transaction.
					"tip", "chain-tip"),
				command("UpdateScorer", "update-scorer [hot-key]", "Replace the hot key of your scorer", "hot_key"),
				command("UnbondScorer", "unbond-scorer", "Leave as a scorer"),
				command("SetTip", "set-tip [tip]", "Start a new hash chain (hex)", "tip"),
				command("ReserveModel", "reserve-model [hash]", "Reserve a place for a model by its reservation hash (hex)", "hash"),
				command("RenewReservation", "renew-reservation [model]", "Start a contender again that cannot be measured any longer", "model"),
				command("WithdrawModel", "withdraw-model [model]", "End a model's contention", "model"),
				command("Challenge", "challenge [epoch] [slot] [model] [item]", "Ask the chain to run one item of one row", "epoch", "slot", "model", "item"),
				command("ClaimRewards", "claim-rewards", "Pay out everything you may claim"),
				command("Infer", "infer [model] [input] [max-fee]", "Run a model on one raw item (hex)", "model", "input", "max_fee"),
				// Governance signs these two; the rest carry files, or answers that
				// only a service computes in time.
				skipped("UpdateParams"), skipped("UpdateArena"),
				skipped("CreateArena"), skipped("RegisterModel"),
				skipped("RevealLink"), skipped("PostInputs"), skipped("PostRows"), skipped("OpenLabels"),
			},
		},
	}
}

// command describes one rpc, with the fields that are positional.
func command(rpc, use, short string, positional ...string) *autocliv1.RpcCommandOptions {
	options := &autocliv1.RpcCommandOptions{RpcMethod: rpc, Use: use, Short: short}
	for _, field := range positional {
		options.PositionalArgs = append(options.PositionalArgs, &autocliv1.PositionalArgDescriptor{ProtoField: field})
	}
	return options
}

func skipped(rpc string) *autocliv1.RpcCommandOptions {
	return &autocliv1.RpcCommandOptions{RpcMethod: rpc, Skip: true}
}

// named gives the flag of a field another name.
func named(options *autocliv1.RpcCommandOptions, field, flag string) *autocliv1.RpcCommandOptions {
	options.FlagOptions = map[string]*autocliv1.FlagOptions{field: {Name: flag}}
	return options
}
