import type { ReactNode } from "react";
import type { Snapshot } from "../../../src/wire.ts";
import { formatCount } from "../format.ts";
import type { LiveState } from "../live/state.ts";
import { Pill } from "../parts/values.tsx";
import { nextChoice, type ThemeChoice } from "../theme.ts";

const THEME_NAMES: Readonly<Record<ThemeChoice, string>> = { system: "Auto", light: "Light", dark: "Dark" };

export interface HeaderProps {
  live: LiveState;
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
}

export function Header({ live, choice, choose }: HeaderProps): ReactNode {
  return (
    <header className="top">
      <div className="top-inner">
        <a className="brand" href="/">
          <Logo />
          <span>Assay</span>
        </a>
        {live.snapshot?.chainId ? <span className="chain-id">{live.snapshot.chainId}</span> : null}
        <span className="spacer" />
        <LiveMark live={live} />
        <button
          type="button"
          className="ghost"
          onClick={() => choose(nextChoice(choice))}
          aria-label={`Colours: ${THEME_NAMES[choice]}. Change`}
        >
          {THEME_NAMES[choice]}
        </button>
      </div>
      {live.snapshot?.clock ? <Sections snapshot={live.snapshot} /> : null}
    </header>
  );
}

function Sections({ snapshot: { arenas } }: { snapshot: Snapshot }): ReactNode {
  return (
    <nav className="sections" aria-label="On this page">
      {arenas.map(({ id, name }) => (
        <a key={id} href={`#arena-${id}`}>
          {name}
        </a>
      ))}
      <a href="#scorers">Scorers</a>
      <a href="#epochs">Epochs</a>
      <a href="#emission">Emission</a>
      <a href="#blocks">Blocks</a>
    </nav>
  );
}

function LiveMark({ live: { snapshot, connection } }: { live: LiveState }): ReactNode {
  if (connection === "lost") return <Pill tone="red">disconnected</Pill>;
  if (snapshot === null || snapshot.status.state === "starting") return <Pill tone="grey">connecting</Pill>;
  if (snapshot.status.state === "stale") return <Pill tone="red">stale</Pill>;
  return (
    <Pill tone="green">
      <span className="pulse" aria-hidden="true" />
      live<span className="wide"> · block {formatCount(heightOf(snapshot))}</span>
    </Pill>
  );
}

function heightOf(snapshot: Snapshot): number {
  return snapshot.clock?.height ?? 0;
}

function Logo(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path d="M4 8h8v6h7v6h7v5" fill="none" stroke="var(--gold)" strokeWidth="3.6" strokeLinecap="square" />
    </svg>
  );
}
