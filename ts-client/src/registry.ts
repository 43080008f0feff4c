import { Registry, type GeneratedType } from "@cosmjs/proto-signing";
import { defaultRegistryTypes } from "@cosmjs/stargate";
import * as market from "./generated/assay/marketplace/v1/tx.ts";
import * as tx from "./generated/assay/poi/v1/tx.ts";

/** Type URL and codec of every message of x/poi. */
export const poiTypes: readonly [string, GeneratedType][] = [
  ["/assay.poi.v1.MsgUpdateParams", tx.MsgUpdateParams],
  ["/assay.poi.v1.MsgCreateArena", tx.MsgCreateArena],
  ["/assay.poi.v1.MsgUpdateArena", tx.MsgUpdateArena],
  ["/assay.poi.v1.MsgFundArena", tx.MsgFundArena],
  ["/assay.poi.v1.MsgApproveSponsor", tx.MsgApproveSponsor],
  ["/assay.poi.v1.MsgBondSponsor", tx.MsgBondSponsor],
  ["/assay.poi.v1.MsgUnbondSponsor", tx.MsgUnbondSponsor],
  ["/assay.poi.v1.MsgCommitBatches", tx.MsgCommitBatches],
  ["/assay.poi.v1.MsgPostInputs", tx.MsgPostInputs],
  ["/assay.poi.v1.MsgOpenLabels", tx.MsgOpenLabels],
  ["/assay.poi.v1.MsgBondScorer", tx.MsgBondScorer],
  ["/assay.poi.v1.MsgUpdateScorer", tx.MsgUpdateScorer],
  ["/assay.poi.v1.MsgUnbondScorer", tx.MsgUnbondScorer],
  ["/assay.poi.v1.MsgSetTip", tx.MsgSetTip],
  ["/assay.poi.v1.MsgRevealLink", tx.MsgRevealLink],
  ["/assay.poi.v1.MsgPostRows", tx.MsgPostRows],
  ["/assay.poi.v1.MsgReserveModel", tx.MsgReserveModel],
  ["/assay.poi.v1.MsgRegisterModel", tx.MsgRegisterModel],
  ["/assay.poi.v1.MsgRenewReservation", tx.MsgRenewReservation],
  ["/assay.poi.v1.MsgWithdrawModel", tx.MsgWithdrawModel],
  ["/assay.poi.v1.MsgChallenge", tx.MsgChallenge],
  ["/assay.poi.v1.MsgClaimRewards", tx.MsgClaimRewards],
  ["/assay.poi.v1.MsgInfer", tx.MsgInfer],
];

/** Type URL and codec of every message of x/marketplace. */
export const marketplaceTypes: readonly [string, GeneratedType][] = [
  ["/assay.marketplace.v1.MsgUpdateParams", market.MsgUpdateParams],
  ["/assay.marketplace.v1.MsgListService", market.MsgListService],
  ["/assay.marketplace.v1.MsgUpdateService", market.MsgUpdateService],
  ["/assay.marketplace.v1.MsgCloseService", market.MsgCloseService],
  ["/assay.marketplace.v1.MsgReleaseBond", market.MsgReleaseBond],
  ["/assay.marketplace.v1.MsgOpenChannel", market.MsgOpenChannel],
  ["/assay.marketplace.v1.MsgTopUp", market.MsgTopUp],
  ["/assay.marketplace.v1.MsgClaim", market.MsgClaim],
  ["/assay.marketplace.v1.MsgCloseChannel", market.MsgCloseChannel],
  ["/assay.marketplace.v1.MsgFinaliseChannel", market.MsgFinaliseChannel],
  ["/assay.marketplace.v1.MsgApproveSpender", market.MsgApproveSpender],
  ["/assay.marketplace.v1.MsgRevokeSpender", market.MsgRevokeSpender],
  ["/assay.marketplace.v1.MsgWithdraw", market.MsgWithdraw],
  ["/assay.marketplace.v1.MsgChallengeAnswer", market.MsgChallengeAnswer],
  ["/assay.marketplace.v1.MsgReportProbes", market.MsgReportProbes],
];

/** A registry of the messages of x/poi, x/marketplace and the standard modules. */
export function createRegistry(): Registry {
  return new Registry([...defaultRegistryTypes, ...poiTypes, ...marketplaceTypes]);
}
