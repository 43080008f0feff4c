import type { ReactNode } from "react";
import type { MoneyView, Shares } from "../../../src/wire.ts";
import { formatCount, formatPercent, plural, share } from "../format.ts";
import { Amount, Stat } from "../parts/values.tsx";

const SHARES: readonly { key: keyof Shares; label: string; to: string }[] = [
  { key: "authors", label: "Authors", to: "by the ladders" },
  { key: "scorers", label: "Scorers", to: "by rows that stood" },
  { key: "sponsors", label: "Sponsors", to: "by batches that counted" },
  { key: "validators", label: "Validators", to: "and their delegators" },
  { key: "pool", label: "Community pool", to: "for governance" },
];

export function Money({ money }: { money: MoneyView | null }): ReactNode {
  return (
    <section className="card" id="emission" aria-labelledby="money-title">
      <h2 id="money-title">Emission</h2>
      {money === null ? <p className="empty">Not known yet.</p> : <Emission money={money} />}
    </section>
  );
}

function Emission({ money }: { money: MoneyView }): ReactNode {
  const { minted, cap, perBlock, window } = money;
  return (
    <>
      <dl className="stats">
        <Stat label="Minted so far">
          <Amount value={minted} />
        </Stat>
        <Stat label="Of the cap">{formatPercent(share(minted, cap))}</Stat>
        <Stat label="At most per block">
          <Amount value={perBlock} />
        </Stat>
      </dl>
      {window.firstEpoch === null ? (
        <p className="empty">Nothing has been paid yet: the first epoch is still running.</p>
      ) : (
        <>
          <h3>
            Paid in {plural(window.epochs, "epoch")}, from epoch {formatCount(window.firstEpoch)}
          </h3>
          <div className="shares-bar" aria-hidden="true">
            {SHARES.map(({ key }, index) => (
              <span
                key={key}
                style={{
                  flexGrow: share(window.shares[key], window.minted),
                  background: `var(--share-${index + 1})`,
                }}
              />
            ))}
          </div>
          <dl className="shares">
            {SHARES.map(({ key, label, to }, index) => (
              <div key={key}>
                <dt>
                  <span
                    className="swatch"
                    style={{ background: `var(--share-${index + 1})` }}
                    aria-hidden="true"
                  />
                  <span>
                    {label} <span className="muted">{to}</span>
                  </span>
                </dt>
                <dd>
                  <Amount value={window.shares[key]} />
                </dd>
              </div>
            ))}
            <div className="shares-sum">
              <dt>Minted</dt>
              <dd>
                <Amount value={window.minted} />
              </dd>
            </div>
            {window.funded === "0" ? null : (
              <div>
                <dt>
                  <span>
                    From funded pots <span className="muted">not minted</span>
                  </span>
                </dt>
                <dd>
                  <Amount value={window.funded} />
                </dd>
              </div>
            )}
          </dl>
        </>
      )}
    </>
  );
}
