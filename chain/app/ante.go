package app

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"

	"github.com/assay-network/assay/chain/x/marketplace"
	"github.com/assay-network/assay/chain/x/poi"
)

// newAnteHandler checks a transaction before its messages run: fees, feegrants,
// signatures, and either the account's sequence or, for an unordered
// transaction, its timeout (at most ten minutes ahead). Last it reserves room in
// the block for the models the transaction runs.
func (app *App) newAnteHandler() sdk.AnteHandler {
	return sdk.ChainAnteDecorators(
		// Makes the gas meter, and catches whoever below it runs out of gas.
		ante.NewSetUpContextDecorator(),
		ante.NewExtensionOptionsDecorator(nil),
		ante.NewValidateBasicDecorator(),
		ante.NewTxTimeoutHeightDecorator(),
		ante.NewValidateMemoDecorator(app.AccountKeeper),
		ante.NewConsumeGasForTxSizeDecorator(app.AccountKeeper),
		ante.NewDeductFeeDecorator(app.AccountKeeper, app.BankKeeper, app.FeeGrantKeeper, nil),
		// Signatures are checked against the keys that are set here.
		ante.NewSetPubKeyDecorator(app.AccountKeeper),
		ante.NewValidateSigCountDecorator(app.AccountKeeper),
		ante.NewSigGasConsumeDecorator(app.AccountKeeper, ante.DefaultSigVerificationGasConsumer),
		ante.NewSigVerificationDecorator(
			app.AccountKeeper, app.txConfig.SignModeHandler(),
			ante.WithMaxUnorderedTxTimeoutDuration(ante.DefaultMaxTimeoutDuration),
			ante.WithUnorderedTxGasCost(ante.DefaultUnorderedTxGasCost),
		),
		ante.NewIncrementSequenceDecorator(app.AccountKeeper),
		poi.NewInferenceDecorator(app.PoiKeeper, marketplace.FindRuns(app.MarketplaceKeeper)),
	)
}
