package app

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
)

// newAnteHandler checks a transaction before its messages run: fees, feegrants,
// signatures, and either the account's sequence or, for an unordered
// transaction, its timeout (at most ten minutes ahead).
func (app *App) newAnteHandler() sdk.AnteHandler {
	handler, err := ante.NewAnteHandler(ante.HandlerOptions{
		AccountKeeper:   app.AccountKeeper,
		BankKeeper:      app.BankKeeper,
		FeegrantKeeper:  app.FeeGrantKeeper,
		SignModeHandler: app.txConfig.SignModeHandler(),
		SigGasConsumer:  ante.DefaultSigVerificationGasConsumer,
		SigVerifyOptions: []ante.SigVerificationDecoratorOption{
			ante.WithMaxUnorderedTxTimeoutDuration(ante.DefaultMaxTimeoutDuration),
			ante.WithUnorderedTxGasCost(ante.DefaultUnorderedTxGasCost),
		},
	})
	if err != nil {
		panic(err)
	}
	return handler
}
