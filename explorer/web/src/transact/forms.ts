import type { TransactForm } from "./form.ts";
import { challengeAnswer } from "./forms/challenge-answer.ts";
import { challenge } from "./forms/challenge.ts";
import { closeChannel, finaliseChannel, openChannel, topUp } from "./forms/channels.ts";
import { infer } from "./forms/infer.ts";
import { listService } from "./forms/list-service.ts";
import { claimRewards, withdraw } from "./forms/rewards.ts";
import { send } from "./forms/send.ts";
import { claimStaking, delegate, undelegate } from "./forms/staking.ts";
import { vote } from "./forms/vote.ts";

/** Every form, in the order of the list. */
export const FORMS: readonly TransactForm[] = [
  send,
  delegate,
  undelegate,
  claimStaking,
  vote,
  openChannel,
  topUp,
  closeChannel,
  finaliseChannel,
  withdraw,
  infer,
  listService,
  claimRewards,
  challenge,
  challengeAnswer,
];
