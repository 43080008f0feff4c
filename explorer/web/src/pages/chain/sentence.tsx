import { Fragment, type ReactNode } from "react";
import { TextLink } from "../../components/button.tsx";
import { formatCount } from "../../components/format.ts";
import { Address, Amount, ArenaLink, Code, EpochLink, ModelLink, ServiceLink } from "../../components/values.tsx";
import type { Coin, Piece } from "./sentences.ts";

/** A sentence with its links. */
export function Sentence({ pieces }: { pieces: readonly Piece[] }): ReactNode {
  return pieces.map((piece, index) => (
    <Fragment key={index}>{typeof piece === "string" ? piece : <Thing thing={piece} />}</Fragment>
  ));
}

function Thing({ thing }: { thing: Exclude<Piece, string> }): ReactNode {
  switch (thing.kind) {
    case "address":
      return <Address address={thing.address} />;
    case "coins":
      return <Coins coins={thing.coins} />;
    case "arena":
      return <ArenaLink id={thing.id} name={thing.name} />;
    case "service":
      return <ServiceLink id={thing.id} name={thing.name} />;
    case "model":
      return <ModelLink id={thing.id} name={thing.name} />;
    case "channel":
      return (
        <TextLink to={`/channels/${thing.id}`} title={thing.id}>
          channel <Code text={thing.id.slice(0, 8)} />
        </TextLink>
      );
    case "epoch":
      return <EpochLink epoch={thing.epoch} />;
    case "slot":
      return (
        <TextLink to={`/epochs/${thing.epoch}/slots/${thing.slot}`}>
          slot {formatCount(thing.slot)} of epoch {formatCount(thing.epoch)}
        </TextLink>
      );
    case "proposal":
      return <TextLink to={`/governance/${thing.id}`}>proposal {thing.id}</TextLink>;
    case "name":
      return <b className="font-semibold break-words">{thing.name}</b>;
  }
}

/** Amounts with "and" between them; "nothing" for none. Without a denomination it is the chain's own. */
export function Coins({ coins, digits = 6 }: { coins: readonly Coin[]; digits?: number }): ReactNode {
  if (coins.length === 0) return "nothing";
  return coins.map(({ denom, amount }, index) => (
    <Fragment key={index}>
      {index === 0 ? null : " and "}
      <Amount amount={amount} denom={denom === "" ? undefined : denom} digits={digits} />
    </Fragment>
  ));
}
