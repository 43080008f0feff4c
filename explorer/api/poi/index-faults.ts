import type { Transaction } from "kysely";
import type { Challenge, Conviction } from "@assay/client/generated/assay/poi/v1/epoch";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";
import { hashOf } from "./index-epochs.ts";
import type { PoiTables } from "./tables.ts";
import { count } from "./values.ts";

/** Challenges, convictions and misses. */
export async function indexFaults(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  const { height } = block;
  const challenges: PoiTables["challenge"][] = [];
  const convictions: PoiTables["conviction"][] = [];
  const misses: PoiTables["miss"][] = [];
  const resolved: { challenge: Challenge; outcome: string }[] = [];
  for (const { event, tx } of block.typed) {
    switch (event.name) {
      case "EventChallengeQueued":
        if (event.value.challenge !== undefined)
          challenges.push(challengeRow(event.value.challenge, height, hashOf(block, tx)));
        break;
      case "EventChallengeResolved": {
        const { challenge, outcome } = event.value;
        if (challenge !== undefined) resolved.push({ challenge, outcome });
        break;
      }
      case "EventScorerConvicted":
        if (event.value.conviction !== undefined) convictions.push(convictionRow(event.value.conviction));
        break;
      case "EventScorerMissed": {
        const { epoch, scorer, inactiveUntil } = event.value;
        const inactive_until = count(inactiveUntil);
        misses.push({
          epoch: count(epoch),
          role: "scorer",
          arena: 0,
          address: scorer,
          height,
          inactive_until,
          slashed: "0",
        });
        break;
      }
      case "EventSponsorMissed": {
        const { epoch, arena, sponsor, slashed } = event.value;
        misses.push({
          epoch: count(epoch),
          role: "sponsor",
          arena: count(arena),
          address: sponsor,
          height,
          inactive_until: 0,
          slashed,
        });
        break;
      }
      default:
        break;
    }
  }
  await insertMany(db, "challenge", challenges);
  await insertMany(db, "conviction", convictions);
  await insertMany(db, "miss", misses);
  for (const { challenge, outcome } of resolved) {
    await db
      .updateTable("challenge")
      .set({ outcome: outcome as PoiTables["challenge"]["outcome"], resolved_height: height })
      .where("seq", "=", count(challenge.seq))
      .execute();
  }
}

function challengeRow(challenge: Challenge, height: number, tx: string): PoiTables["challenge"] {
  return {
    seq: count(challenge.seq),
    challenger: challenge.challenger,
    epoch: count(challenge.epoch),
    slot: count(challenge.slot),
    model: hex(challenge.model),
    item: challenge.item,
    height,
    tx,
    outcome: null,
    resolved_height: null,
  };
}

function convictionRow(conviction: Conviction): PoiTables["conviction"] {
  return {
    epoch: count(conviction.epoch),
    scorer: conviction.scorer,
    slot: count(conviction.slot),
    model: hex(conviction.model),
    item: conviction.item,
    expected_answer: hex(conviction.expectedAnswer),
    expected_tag: hex(conviction.expectedTag),
    recorded_answer: hex(conviction.recordedAnswer),
    recorded_tag: hex(conviction.recordedTag),
    slashed: conviction.slashed,
    challenger: conviction.challenger === "" ? null : conviction.challenger,
    reward: conviction.reward,
    height: count(conviction.height),
    jailed: Number(conviction.jailed),
  };
}
