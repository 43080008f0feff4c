import type { ReactNode } from "react";
import { usePathParam } from "../../app/params.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Copy } from "../../components/copy.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatDateTime } from "../../components/format.ts";
import { Failed, Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { DataTable, PagedTable } from "../../components/table.tsx";
import { Address, Amount, ArenaLink, Code, Height, ModelLink, Ppm, ServiceLink } from "../../components/values.tsx";
import { useWallet } from "../../wallet/use-wallet.ts";
import type { Account as AccountAnswer, getAccount, getAccountTxs } from "../../../../wire/chain.ts";
import { Coins } from "./sentence.tsx";
import { txColumns, txKey } from "./tx-table.tsx";

const ADDRESS = /^assay1(?:[02-9ac-hj-np-z]{38}|[02-9ac-hj-np-z]{58})$/;

/** Everything an address is in the system. */
export function Account(): ReactNode {
  const address = usePathParam("address");
  if (!ADDRESS.test(address)) {
    return (
      <Page title="No account">
        <Card>
          <Empty title="This is not the address of an account">
            Addresses begin with assay1 and have 38 more letters and digits, or 58.
          </Empty>
        </Card>
      </Page>
    );
  }
  return <AccountOf key={address} address={address} />;
}

function AccountOf({ address }: { address: string }): ReactNode {
  const result = useApi<typeof getAccount>("/api/accounts/{address}", { params: { address } });
  const txs = useApiPages<typeof getAccountTxs>("/api/accounts/{address}/txs", {
    params: { address },
    query: { limit: 25 },
  });
  const account = result.data?.value;
  if (result.error?.status === 404) {
    return (
      <Page title="No account">
        <Card>
          <Failed error={result.error} />
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          Account
          {account === undefined ? null : <Roles account={account} />}
        </span>
      }
      documentTitle={`Account ${address.slice(0, 12)}…${address.slice(-4)}`}
      lead={
        <>
          <Code text={address} full />
          <Copy text={address} what="address" />
        </>
      }
      actions={account?.kind === "module" ? undefined : <LinkButton to={`/transact/send?to=${address}`}>Send coins to it</LinkButton>}
    >
      <Loaded result={result}>{({ value }) => <AccountParts account={value} />}</Loaded>
      <Card flush title="Transactions" lead="Those it signed, and those that name it.">
        <PagedTable
          caption="Transactions of the account, newest first"
          columns={txColumns}
          result={txs}
          rowKey={txKey}
          empty={<Empty title="No transaction names this account yet" />}
        />
      </Card>
    </Page>
  );
}

function Roles({ account }: { account: AccountAnswer }): ReactNode {
  const roles: [tone: Tone, text: string][] = [];
  if (account.kind === "module") roles.push(["gold", `the chain’s own: ${account.name ?? "module"}`]);
  if (account.kind === "vesting") roles.push(["warn", "vesting"]);
  if (account.validator) roles.push(["info", "validator"]);
  if (account.scorer) roles.push(["info", account.scorer.as === "operator" ? "scorer" : "key of a scorer"]);
  if (account.sponsors.length > 0) roles.push(["info", "sponsor"]);
  if (account.models.length > 0) roles.push(["info", "author"]);
  if (account.services.length > 0) roles.push(["info", "provider"]);
  if (account.channels.length > 0) roles.push(["info", "buyer"]);
  if (account.arenas.length > 0) roles.push(["info", "curator"]);
  if (!account.known) roles.push(["neutral", "not used yet"]);
  return roles.map(([tone, text]) => (
    <Badge key={text} tone={tone}>
      {text}
    </Badge>
  ));
}

/** Lists that end here, behind what the table shows. */
function Cut({ account, list }: { account: AccountAnswer; list: AccountAnswer["cut"][number] }): ReactNode {
  return account.cut.includes(list) ? <p className="px-5 py-2 text-sm text-muted">Only the first ones are shown.</p> : null;
}

function AccountParts({ account }: { account: AccountAnswer }): ReactNode {
  return (
    <>
      <Money account={account} />
      <Validator account={account} />
      <Scorer account={account} />
      <Sponsors account={account} />
      <Models account={account} />
      <Services account={account} />
      <Channels account={account} />
      <Arenas account={account} />
      <Staking account={account} />
      <Unbondings account={account} />
      <Approvals account={account} />
    </>
  );
}

interface Part {
  account: AccountAnswer;
}

/** Whether what only its owner can do makes sense here: not when somebody else's wallet is connected. */
function useMayBeOwn(): boolean {
  const address = usePathParam("address");
  const { account } = useWallet();
  return account === null || account.address === address;
}

function Money({ account }: Part): ReactNode {
  const own = useMayBeOwn();
  const delegated = sum(account.delegations.map(({ amount }) => amount));
  const returning = sum([...account.unbondings, ...account.stakingUnbondings].map(({ amount }) => amount));
  return (
    <Card
      title="Coins"
      actions={
        <>
          {!own || account.rewards === "0" ? null : <LinkButton to="/transact/claim-rewards">Claim rewards</LinkButton>}
          {!own || account.credits.length === 0 ? null : <LinkButton to="/transact/withdraw">Withdraw credits</LinkButton>}
        </>
      }
    >
      <Stats>
        <Stat label="Balance" title="What it can send at once">
          {account.balances.length === 0 ? <Amount amount="0" /> : <Coins coins={account.balances} digits={2} />}
        </Stat>
        <Stat label="Rewards" title="Earned in the arenas by models, scoring or data; to be claimed">
          <Amount amount={account.rewards} />
        </Stat>
        <Stat label="Credits" title="Earned or returned in the market; to be withdrawn">
          {account.credits.length === 0 ? <Amount amount="0" /> : <Coins coins={account.credits} digits={2} />}
        </Stat>
        <Stat label="Staked" title="Delegated to validators">
          <Amount amount={delegated} />
        </Stat>
        <Stat label="On its way back" title="Bonds and stakes that are still locked for a while">
          <Amount amount={returning} />
        </Stat>
      </Stats>
      {account.accountNumber === null || account.kind === "module" ? null : (
        <p className="mt-4 text-sm text-muted">
          Account number {account.accountNumber}, {account.sequence} numbered transactions
          {account.kind === "vesting" ? `; its coins become free over time (${account.name})` : ""}.
        </p>
      )}
    </Card>
  );
}

function Validator({ account: { validator } }: Part): ReactNode {
  if (validator === null) return null;
  return (
    <Card title="Validator" lead="It proposes and signs blocks, with coins at stake.">
      <Facts
        items={[
          ["Name", <Address address={validator.operator} name={validator.moniker} />],
          [
            "State",
            validator.jailed ? (
              <Badge tone="bad">jailed</Badge>
            ) : (
              <Badge tone={validator.status === "bonded" ? "good" : "neutral"}>{validator.status}</Badge>
            ),
          ],
          ["Stake", <Amount amount={validator.tokens} />],
          ["Commission to take", <Coins coins={validator.commission} />],
        ]}
      />
    </Card>
  );
}

function Scorer({ account: { scorer } }: Part): ReactNode {
  if (scorer === null) return null;
  return (
    <Card title="Scorer" lead="It runs the models of the arenas on hidden items and posts what they answered.">
      <Facts
        items={[
          ["Scorer", <TextLink to={`/scorers/${scorer.operator}`}>its record</TextLink>],
          scorer.as === "operator"
            ? ["Key it acts with", <Address address={scorer.hotKey} />]
            : ["It is the key of", <Address address={scorer.operator} />],
          ["Bond", <Amount amount={scorer.bond} />],
          [
            "Next epoch",
            scorer.eligible ? (
              <Badge tone="good">takes part</Badge>
            ) : (
              <>
                <Badge tone="warn">does not take part</Badge> {scorer.reason}
              </>
            ),
          ],
        ]}
      />
    </Card>
  );
}

function Sponsors({ account }: Part): ReactNode {
  if (account.sponsors.length === 0) return null;
  return (
    <Card flush title="Sponsor" lead="It brings hidden labelled data to arenas.">
      <DataTable
        caption="Arenas it sponsors"
        rows={account.sponsors}
        rowKey={({ arena }) => String(arena)}
        columns={[
          { key: "arena", header: "Arena", cell: ({ arena, arenaName }) => <ArenaLink id={arena} name={arenaName} /> },
          {
            key: "state",
            header: "State",
            cell: ({ approved, bonded }) =>
              !approved ? (
                <Badge tone="warn">not approved</Badge>
              ) : bonded ? (
                <Badge tone="good">active</Badge>
              ) : (
                <Badge>not bonded</Badge>
              ),
          },
          { key: "bond", header: "Bond", align: "right", cell: ({ bond }) => <Amount amount={bond} /> },
          {
            key: "batches",
            header: "Batches that counted",
            align: "right",
            cell: ({ batchesCounted }) => formatCount(batchesCounted),
          },
          {
            key: "more",
            header: "More",
            cell: ({ arena }) => <SponsorLink arena={arena} />,
          },
        ]}
      />
      <Cut account={account} list="sponsors" />
    </Card>
  );
}

function SponsorLink({ arena }: { arena: number }): ReactNode {
  const address = usePathParam("address");
  return <TextLink to={`/sponsors/${arena}/${address}`}>its record</TextLink>;
}

const MODEL_TONES: Readonly<Record<AccountAnswer["models"][number]["status"], Tone>> = {
  top: "gold",
  contender: "info",
  archived: "neutral",
  evicted: "neutral",
  withdrawn: "neutral",
  unknown: "neutral",
};

function Models({ account }: Part): ReactNode {
  if (account.models.length === 0) return null;
  return (
    <Card flush title="Models" lead="It is their author.">
      <DataTable
        caption="Models of the account"
        rows={account.models}
        rowKey={({ model }) => model}
        columns={[
          { key: "model", header: "Model", sort: ({ name }) => name, cell: ({ model, name }) => <ModelLink id={model} name={name} /> },
          {
            key: "arena",
            header: "Arena",
            sort: ({ arenaName }) => arenaName,
            cell: ({ arena, arenaName }) => <ArenaLink id={arena} name={arenaName} />,
          },
          {
            key: "status",
            header: "State",
            sort: ({ status }) => status,
            cell: ({ status }) => <Badge tone={MODEL_TONES[status]}>{status}</Badge>,
          },
          {
            key: "accuracy",
            header: "Accuracy",
            align: "right",
            sort: ({ smoothed }) => smoothed,
            cell: ({ smoothed, scoredItems }) =>
              scoredItems === 0 ? <span className="text-muted">not scored yet</span> : <Ppm ppm={smoothed} />,
          },
        ]}
      />
      <Cut account={account} list="models" />
    </Card>
  );
}

function Services({ account }: Part): ReactNode {
  if (account.services.length === 0) return null;
  return (
    <Card flush title="Services" lead="It answers questions with models, for money.">
      <DataTable
        caption="Services of the account"
        rows={account.services}
        rowKey={({ service }) => String(service)}
        columns={[
          { key: "service", header: "Service", cell: ({ service, name }) => <ServiceLink id={service} name={name} /> },
          {
            key: "status",
            header: "State",
            cell: ({ status }) => (
              <Badge tone={status === "active" ? "good" : status === "convicted" ? "bad" : "neutral"}>{status}</Badge>
            ),
          },
          {
            key: "price",
            header: "Price per item",
            align: "right",
            cell: ({ price, denom }) => <Amount amount={price} denom={denom} digits={6} />,
          },
          { key: "bond", header: "Bond", align: "right", cell: ({ bond }) => <Amount amount={bond} /> },
        ]}
      />
      <Cut account={account} list="services" />
    </Card>
  );
}

function Channels({ account }: Part): ReactNode {
  if (account.channels.length === 0) return null;
  return (
    <Card flush title="Channels" lead="Money it has set aside to pay for answers.">
      <DataTable
        caption="Channels the account pays with"
        rows={account.channels}
        rowKey={({ channel }) => channel}
        columns={[
          {
            key: "channel",
            header: "Channel",
            cell: ({ channel }) => (
              <TextLink to={`/channels/${channel}`}>
                <Code text={channel} />
              </TextLink>
            ),
          },
          { key: "service", header: "Service", cell: ({ service }) => <ServiceLink id={service} /> },
          {
            key: "status",
            header: "State",
            cell: ({ status }) => (
              <Badge tone={status === "open" ? "good" : status === "closing" ? "warn" : "neutral"}>{status}</Badge>
            ),
          },
          {
            key: "deposited",
            header: "Deposited",
            align: "right",
            cell: ({ deposited, denom }) => <Amount amount={deposited} denom={denom} />,
          },
          {
            key: "avail",
            header: "Left",
            align: "right",
            cell: ({ avail, denom }) => <Amount amount={avail} denom={denom} />,
          },
        ]}
      />
      <Cut account={account} list="channels" />
    </Card>
  );
}

function Arenas({ account: { arenas } }: Part): ReactNode {
  if (arenas.length === 0) return null;
  return (
    <Card title="Arenas">
      <ul className="grid gap-1">
        {arenas.map(({ arena, name, creator, curator }) => (
          <li key={arena}>
            <ArenaLink id={arena} name={name} />{" "}
            <span className="text-muted">
              {[creator ? "opened it" : "", curator ? "approves its sponsors" : ""].filter(Boolean).join(" and ")}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Staking({ account }: Part): ReactNode {
  const own = useMayBeOwn();
  const { delegations, stakingUnbondings } = account;
  if (delegations.length === 0 && stakingUnbondings.length === 0) return null;
  return (
    <Card
      flush
      title="Stakes"
      lead="Coins it has delegated to validators."
      actions={
        own && delegations.some(({ rewards }) => rewards.length > 0) ? (
          <LinkButton to="/transact/claim-staking">Claim staking rewards</LinkButton>
        ) : undefined
      }
    >
      {delegations.length === 0 ? null : (
        <DataTable
          caption="Delegations"
          rows={delegations}
          rowKey={({ operator }) => operator}
          columns={[
            {
              key: "validator",
              header: "Validator",
              cell: ({ operator, moniker }) => <Address address={operator} name={moniker || undefined} />,
            },
            { key: "amount", header: "Staked", align: "right", cell: ({ amount }) => <Amount amount={amount} /> },
            { key: "rewards", header: "Rewards", align: "right", cell: ({ rewards }) => <Coins coins={rewards} /> },
            {
              key: "undelegate",
              header: "What to do",
              align: "right",
              cell: ({ operator }) => own ? <TextLink to={`/transact/undelegate?validator=${operator}`}>Take back</TextLink> : null,
            },
          ]}
        />
      )}
      <Cut account={account} list="delegations" />
      {stakingUnbondings.length === 0 ? null : (
        <ul className="grid gap-1 px-4 py-3 text-sm sm:px-5">
          {stakingUnbondings.map(({ operator, moniker, amount, completion }, index) => (
            <li key={index}>
              <Amount amount={amount} /> come back from <Address address={operator} name={moniker || undefined} /> on{" "}
              {formatDateTime(completion)}.
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Unbondings({ account }: Part): ReactNode {
  if (account.unbondings.length === 0) return null;
  return (
    <Card flush title="Bonds on their way back" lead="They can still be lost for what was done before.">
      <DataTable
        caption="Bonds on their way back"
        rows={account.unbondings}
        columns={[
          { key: "origin", header: "Bond of", cell: ({ origin }) => originName(origin) },
          { key: "amount", header: "Amount", align: "right", cell: ({ amount }) => <Amount amount={amount} /> },
          { key: "matures", header: "Paid out in block", align: "right", cell: ({ matures }) => <Height height={matures} /> },
        ]}
      />
      <Cut account={account} list="unbondings" />
    </Card>
  );
}

/** "bond/scorer/assay1…" is the bond of a scorer. */
function originName(origin: string): ReactNode {
  return <span title={origin}>{origin.split("/")[1] ?? origin}</span>;
}

function Approvals({ account }: Part): ReactNode {
  if (account.approvals.length === 0) return null;
  return (
    <Card flush title="Spenders" lead="Accounts that may open channels with its coins.">
      <DataTable
        caption="Who may spend its coins"
        rows={account.approvals}
        rowKey={({ spender }) => spender}
        columns={[
          { key: "spender", header: "Spender", cell: ({ spender }) => <Address address={spender} /> },
          {
            key: "spent",
            header: "Spent",
            align: "right",
            cell: ({ spent, maxTotal, denom }) => (
              <>
                <Amount amount={spent} denom={denom} /> of <Amount amount={maxTotal} denom={denom} />
              </>
            ),
          },
          {
            key: "expiry",
            header: "Until",
            align: "right",
            cell: ({ expiry }) => (expiry === 0 ? "it is revoked" : <>block {formatCount(expiry)}</>),
          },
        ]}
      />
      <Cut account={account} list="approvals" />
    </Card>
  );
}

function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
}
