import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { useNetwork } from "../../api/live.ts";
import { usePathParam } from "../../app/params.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Skeleton } from "../../components/empty.tsx";
import { Failed } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { FormView } from "../../transact/form-view.tsx";
import { initialValues, type FormContext, type TransactForm } from "../../transact/form.ts";
import { FORMS } from "../../transact/forms.ts";
import { loadChain } from "../../wallet/client.ts";
import { Connect } from "../../wallet/connect.tsx";
import { useWallet } from "../../wallet/use-wallet.ts";

/** The page of one form. */
export function Form(): ReactNode {
  const id = usePathParam("form");
  const form = FORMS.find((candidate) => candidate.id === id);
  if (!form)
    return (
      <Page title="No such form">
        <Empty title="This explorer has no transaction of that name.">
          <LinkButton to="/transact">All transactions</LinkButton>
        </Empty>
      </Page>
    );
  return (
    <Page
      title={form.title}
      lead={form.lead}
      actions={<LinkButton to="/transact">All transactions</LinkButton>}
    >
      <Body key={id} form={form} />
    </Page>
  );
}

function Body({ form }: { form: TransactForm }): ReactNode {
  const { account, connecting } = useWallet();
  const network = useNetwork();
  const query: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const initial = useMemo(() => initialValues(form, query), [form, query]);
  const chain = useQuery({ queryKey: ["chain"], queryFn: loadChain, staleTime: Infinity, retry: 1 });
  const address = account?.address;
  const context = useMemo((): FormContext | undefined => {
    if (!network || !chain.data || address === undefined) return undefined;
    return { network, chain: chain.data, address, openStore };
  }, [network, chain.data, address]);
  if (!account && connecting === null)
    return (
      <Card title="Who signs?" lead="Connect an account to fill in this form." className="max-w-md">
        <Connect />
      </Card>
    );
  if (chain.error)
    return (
      <Failed
        error={new Error("The node does not answer, so nothing can be sent now.", { cause: chain.error })}
        retry={() => void chain.refetch()}
      />
    );
  if (!account || !context) return <Skeleton lines={5} />;
  return (
    <FormView
      // Another account begins anew: what was reviewed would be signed by the wrong one.
      key={`${account.address} ${account.signMode}`}
      form={form}
      context={context}
      account={account}
      initial={initial}
    />
  );
}

async function openStore() {
  const { openStorage } = await import("../../play/storage.ts");
  return (await openStorage()).buyer;
}
