package marketplace

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// AutoCLIOptions names the commands that the SDK makes of queries and messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: types.Query_serviceDesc.ServiceName,
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				command("Params", "params", "Query the parameters"),
				command("Services", "services", "List services on offer (--arena, --model-hex or --provider; --all also lists closed ones)"),
				command("Service", "service [id]", "Query a service with what the chain measured of its model", "id"),
				command("Channels", "channels", "List channels (--payer or --service)"),
				command("Channel", "channel [id]", "Query a channel", "id_hex"),
				command("PayerCounter", "payer-counter [payer]", "Query the n of a payer's next channel", "payer"),
				command("Credits", "credits [owner]", "Query what an account may withdraw", "owner"),
				command("Approvals", "approvals [owner]", "List what an owner allows its spenders (--spender)", "owner"),
				command("Probes", "probes [service]", "List what each scorer last reported of a service", "service"),
				command("Sales", "sales", "List what the services of models turned over (--model-hex)"),
				command("Split", "split [service]", "Preview the split of a channel opened now", "service"),
				command("Ledger", "ledger", "Query the totals that make up the module account"),
			},
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service: types.Msg_serviceDesc.ServiceName,
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				command("ListService", "list-service [name] [endpoint] [price] [denom] [serving-key] [bond]",
					"Offer a service (--model, --promise, --interface oip.v2, --description)",
					"name", "endpoint", "price", "denom", "serving_key", "bond"),
				command("UpdateService", "update-service [service] [name] [endpoint] [price]",
					"Replace texts, endpoint, price and promise of your service (--promise, --description)",
					"service", "name", "endpoint", "price"),
				command("CloseService", "close-service [service]", "Take your service off the market", "service"),
				command("ReleaseBond", "release-bond [service]", "Credit the bond of your closed service once it is free", "service"),
				command("OpenChannel", "open-channel [service] [n] [voucher-key] [lanes] [deposit]",
					"Lock coins for the calls of a service (--funder, --min-promise)",
					"service", "n", "voucher_key", "lanes", "deposit"),
				command("TopUp", "top-up [channel] [amount]", "Add to an open channel (--funder)", "channel", "amount"),
				command("CloseChannel", "close-channel [channel]", "Close a channel", "channel"),
				command("FinaliseChannel", "finalise-channel [channel]", "End a closing channel whose grace is over", "channel"),
				command("ApproveSpender", "approve-spender [spender] [max-total] [max-per-channel]",
					"Let an account open channels with your coins (--services, --expiry)",
					"spender", "max_total", "max_per_channel"),
				command("RevokeSpender", "revoke-spender [spender]", "End an approval; channels already open go on", "spender"),
				command("Withdraw", "withdraw", "Pay out everything credited to you"),
				// Governance signs the first; the rest carry signed vouchers and receipts,
				// or what only a service measures.
				skipped("UpdateParams"),
				skipped("Claim"), skipped("ChallengeAnswer"), skipped("ReportProbes"),
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
