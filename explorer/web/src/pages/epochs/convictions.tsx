import type { ReactNode } from "react";
import type { getChallenges, getConvictions } from "../../../../wire/poi-epochs.ts";
import { useApiPages } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Page } from "../../components/page.tsx";
import { PagedTable } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { challengeColumns, convictionColumns } from "./faults.tsx";

/** Where records were wrong, and who doubted which. */
export function Convictions(): ReactNode {
  const tab = useQueryParam("tab") ?? "convictions";
  const setQuery = useSetQuery();
  return (
    <Page
      title="Convictions and challenges"
      lead="A scorer who records an answer that the model does not give is convicted by the chain itself, which runs the model and compares. Anyone can ask it to, for a bond."
    >
      <Tabs
        label="Convictions or challenges"
        value={tab}
        onChange={(key) => setQuery({ tab: key === "convictions" ? undefined : key }, true)}
        tabs={[
          { key: "convictions", label: "Convictions", content: () => <ConvictionList /> },
          { key: "challenges", label: "Challenges", content: () => <ChallengeList /> },
        ]}
      />
    </Page>
  );
}

function ConvictionList(): ReactNode {
  const result = useApiPages<typeof getConvictions>("/api/convictions");
  return (
    <Card flush>
      <PagedTable
        caption="Convictions, newest first"
        columns={convictionColumns}
        result={result}
        rowKey={({ epoch, scorer }) => `${epoch} ${scorer.address}`}
        empty={
          <Empty title="Nobody has been convicted">
            Every answer the chain has run again so far was recorded as the model gives it.
          </Empty>
        }
      />
    </Card>
  );
}

function ChallengeList(): ReactNode {
  const result = useApiPages<typeof getChallenges>("/api/challenges");
  return (
    <Card flush>
      <PagedTable
        caption="Challenges, newest first"
        columns={challengeColumns}
        result={result}
        rowKey={({ seq }) => String(seq)}
        empty={
          <Empty title="Nobody has challenged an answer">
            Open a slot of the running epoch, run a row in your browser, and challenge what is wrong.
          </Empty>
        }
      />
    </Card>
  );
}
