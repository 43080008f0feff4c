/** Epochs and slots in plain words. Pure. */
import type {
  Challenge,
  EpochPhase,
  EpochSummary,
  ParticipantState,
  ScorerRef,
  SlotState,
} from "../../../../wire/poi-epochs.ts";
import type { Tone } from "../../components/badge.tsx";
import { shorten } from "../../components/format.ts";

interface Words {
  tone: Tone;
  word: string;
  meaning: string;
}

export const EPOCH_STATES: Readonly<Record<EpochSummary["state"], Words>> = {
  running: { tone: "info", word: "running", meaning: "It has not ended yet." },
  settled: {
    tone: "good",
    word: "settled",
    meaning: "It ended: what was measured is final, and it was paid.",
  },
  void: {
    tone: "warn",
    word: "void",
    meaning: "Too few scorers revealed their secret: nothing was drawn and nothing measured.",
  },
};

export const PHASE_WORDS: Readonly<Record<EpochPhase["phase"], { name: string; meaning: string }>> = {
  BEACON: {
    name: "Beacon",
    meaning: "Scorers reveal secrets that together make the randomness of the draw.",
  },
  INPUT: {
    name: "Input",
    meaning: "Sponsors open the items of the batches that were drawn, without labels.",
  },
  ROWS: { name: "Rows", meaning: "Scorers record what every model answers on them." },
  LABEL: { name: "Label", meaning: "Sponsors open the right answers." },
  CHALLENGE: {
    name: "Challenge",
    meaning: "The chain runs drawn answers again itself, and any other one that somebody challenges.",
  },
  SETTLE: { name: "Settle", meaning: "When all of them are run, scores are taken and everybody is paid." },
};

export const SLOT_STATES: Readonly<Record<SlotState, Words & { mark: string }>> = {
  drawn: {
    tone: "neutral",
    word: "drawn",
    meaning: "It waits for the sponsor's items.",
    mark: "bg-surface-2 border-line-strong",
  },
  inputs: {
    tone: "info",
    word: "items open",
    meaning: "It waits for the scorer's rows.",
    mark: "bg-accent-wash border-accent",
  },
  rows: {
    tone: "info",
    word: "rows posted",
    meaning: "It waits for the labels.",
    mark: "bg-accent border-accent",
  },
  labels: {
    tone: "gold",
    word: "labels open",
    meaning: "Everything is posted; its rows can be challenged.",
    mark: "bg-gold-mark border-gold-mark",
  },
  counted: { tone: "good", word: "counted", meaning: "It counted.", mark: "bg-good border-good" },
  void: { tone: "bad", word: "void", meaning: "It did not count.", mark: "bg-bad border-bad" },
};

export const CHALLENGE_OUTCOMES: Readonly<Record<NonNullable<Challenge["outcome"]>, Words>> = {
  convicted: { tone: "bad", word: "convicted", meaning: "The record was wrong; the bond came back." },
  refuted: { tone: "good", word: "refuted", meaning: "The record was right; the challenger lost its bond." },
  returned: {
    tone: "neutral",
    word: "returned",
    meaning: "There was nothing left to judge; the bond came back.",
  },
};

export const PARTICIPANT_STATES: Readonly<Record<ParticipantState, Words>> = {
  active: { tone: "good", word: "active", meaning: "It takes part in every epoch." },
  inactive: { tone: "warn", word: "inactive", meaning: "It missed too often and sits out." },
  jailed: { tone: "bad", word: "jailed", meaning: "It was convicted twice and sits out." },
  unbonded: { tone: "neutral", word: "not bonded", meaning: "It has taken its bond back, or never gave it." },
  unapproved: { tone: "neutral", word: "not approved", meaning: "The arena's curator has not let it in." },
};

/** A scorer's name: its validator's, else the start of its address. */
export function scorerName({ address, moniker }: ScorerRef): string {
  return moniker === "" ? shorten(address, 10, 4) : moniker;
}
