import type { ReactNode } from "react";
import type { Snapshot, Status } from "../../../src/wire.ts";
import { formatCount } from "../format.ts";
import type { LiveState } from "../live/state.ts";
import { Ago, Time } from "../parts/values.tsx";

const REASONS: Readonly<Record<NonNullable<Status["reason"]>, string>> = {
  unreachable: "The node does not answer.",
  stalled: "The chain makes no new blocks.",
  refused: "The node refuses a question of the explorer; its log says which.",
};

/** Says when what the page shows is not the present, and since when. */
export function Notices({ live: { snapshot, connection, outdated } }: { live: LiveState }): ReactNode {
  return (
    <div className="notices" role="status">
      {outdated ? (
        <p className="notice">
          <strong>The explorer was updated.</strong> <a href="/">Load the page again</a> to go on.
        </p>
      ) : null}
      {connection === "lost" ? (
        <p className="notice" data-tone="danger">
          <strong>No connection to the explorer.</strong> Trying again.{" "}
          {snapshot === null ? null : <LastSeen snapshot={snapshot} />}
        </p>
      ) : null}
      {connection !== "lost" && snapshot?.status.state === "stale" && snapshot.status.reason !== null ? (
        <p className="notice" data-tone="danger">
          <strong>{REASONS[snapshot.status.reason]}</strong>{" "}
          {snapshot.clock === null ? "Trying since" : "No new block since"}{" "}
          <Time value={snapshot.status.since} /> (<Ago value={snapshot.status.since} />
          ). <LastSeen snapshot={snapshot} />
        </p>
      ) : null}
    </div>
  );
}

function LastSeen({ snapshot: { clock } }: { snapshot: Snapshot }): ReactNode {
  return clock === null ? null : <>What you see is the state at block {formatCount(clock.height)}.</>;
}
