package keeper

import (
	"fmt"
	"math/rand/v2"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Whatever people do, sensible or not, the module's balance is the sum of its
// ledger, coins are neither made nor lost, and the state is a valid genesis that
// comes back the same.
func TestLedgerUnderRandomOperations(t *testing.T) {
	succeeded := map[string]int{}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			f := newRegistry(t)
			openArena(f)
			names := []string{"curator", "a", "b", "c", "d"}
			for _, name := range names[1:] {
				f.rich(name)
				f.validator(name)
			}
			params := f.params()
			params.MaxModels = 3
			params.UnbondingBlocks = 2 * uint32(params.EpochBlocks())
			f.setParams(params)
			supply := f.bank.GetSupply(f.ctx, types.Denom).Amount
			burned := amount(0)
			var lastSeed int8

			for range 400 {
				name := names[random.IntN(len(names))]
				model := idOf(testFile(int8(random.IntN(int(lastSeed) + 2))))
				n := random.Int64N(5_000_000) - 100
				before := f.bank.GetSupply(f.ctx, types.Denom).Amount
				messages := []sdk.Msg{
					&types.MsgFundArena{Funder: who(name), Arena: 1, Amount: amount(n), PerEpoch: amount(0)},
					&types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: who(name), Approved: random.IntN(3) > 0},
					&types.MsgBondSponsor{Sponsor: who(name), Arena: 1},
					&types.MsgUnbondSponsor{Sponsor: who(name), Arena: 1},
					&types.MsgBondScorer{Operator: who(name), HotKey: who(name + "-hot"), Tip: hash(name)},
					&types.MsgUnbondScorer{Operator: who(name)},
					&types.MsgWithdrawModel{Owner: who(name), Model: model},
					&types.MsgInfer{Sender: who(name), Model: model, Input: make([]byte, 4), MaxFee: amount(n + 100)},
					&types.MsgClaimRewards{Owner: who(name)},
				}
				switch choice := random.IntN(len(messages) + 3); {
				case choice < len(messages):
					if _, err := f.send(messages[choice]); err == nil {
						succeeded[sdk.MsgTypeURL(messages[choice])]++
					}
				case choice == len(messages): // register
					if lastSeed == 99 {
						continue
					}
					lastSeed++
					f.mustSend(reserveMsg(name, testFile(lastSeed)))
					f.nextBlock()
					_, err := f.send(registerMsg(name, testFile(lastSeed)))
					require.NoError(t, err)
					succeeded["register"]++
				case choice == len(messages)+1:
					bonds := []string{scorerBond(who(name)), sponsorBond(1, who(name))}
					reporter := []string{"", who("curator")}[random.IntN(2)]
					_, _, err := f.keeper.slash(f.ctx, bonds[random.IntN(2)], uint32(random.IntN(10_001)), reporter)
					require.NoError(t, err)
				default:
					f.blocks(uint32(random.IntN(10)))
				}
				f.requireBalanced()
				burned = burned.Add(before.Sub(f.bank.GetSupply(f.ctx, types.Denom).Amount))
			}
			require.Equal(t, supply.String(), f.bank.GetSupply(f.ctx, types.Denom).Amount.Add(burned).String())
			exported, err := f.keeper.ExportGenesis(f.ctx)
			require.NoError(t, err)
			require.NoError(t, exported.Validate())
			raw, err := exported.Marshal()
			require.NoError(t, err)
			var again types.GenesisState
			require.NoError(t, again.Unmarshal(raw))
			require.NoError(t, again.Validate())
		})
	}
	require.Len(t, succeeded, 10, "every kind of message succeeds at some time")
}
