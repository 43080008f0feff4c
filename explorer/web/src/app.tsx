import type { ReactNode } from "react";
import type { Snapshot } from "../../src/wire.ts";
import type { LiveStore } from "./live/connection.ts";
import { Now, useLive, useTicker } from "./live/use-live.ts";
import { Arenas } from "./sections/arenas.tsx";
import { Blocks } from "./sections/blocks.tsx";
import { EpochClock } from "./sections/epoch-clock.tsx";
import { Epochs } from "./sections/epochs.tsx";
import { Header } from "./sections/header.tsx";
import { Money } from "./sections/money.tsx";
import { Notices } from "./sections/notices.tsx";
import { Rules } from "./sections/rules.tsx";
import { Convictions, Scorers } from "./sections/scorers.tsx";
import { useTheme } from "./theme.ts";

export function App({ store }: { store: LiveStore }): ReactNode {
  const live = useLive(store);
  const { choice, dark, choose } = useTheme();
  const now = useTicker(1_000);
  return (
    <Now value={now}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header live={live} choice={choice} choose={choose} />
      <main id="main">
        <Notices live={live} />
        {live.snapshot?.clock ? <Overview snapshot={live.snapshot} dark={dark} /> : <Waiting />}
      </main>
      <footer className="bottom">
        Times are in your zone. Amounts are rounded down; hover for every digit.
      </footer>
    </Now>
  );
}

function Overview({ snapshot, dark }: { snapshot: Snapshot; dark: boolean }): ReactNode {
  const { clock, arenas, history, rules, scorers, convictions, epochs, money, blocks } = snapshot;
  if (clock === null) return null;
  return (
    <>
      <EpochClock clock={clock} snapshot={snapshot} />
      <Convictions convictions={convictions} />
      <Arenas arenas={arenas} history={history} rules={rules} epoch={clock.epoch} dark={dark} />
      <Scorers scorers={scorers} />
      <Epochs epochs={epochs} />
      <div className="columns">
        <Money money={money} />
        <Blocks blocks={blocks} />
      </div>
      <Rules rules={rules} />
    </>
  );
}

/** Before the first answer of a node. */
function Waiting(): ReactNode {
  return (
    <section className="card waiting" aria-busy="true">
      <h1>Waiting for the chain</h1>
      <p className="muted">The page fills by itself as soon as the node answers.</p>
      <span className="skeleton" />
      <span className="skeleton" />
      <span className="skeleton" />
    </section>
  );
}
