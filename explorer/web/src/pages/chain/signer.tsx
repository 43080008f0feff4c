import type { ReactNode } from "react";
import { Address, Code } from "../../components/values.tsx";
import type { Signer } from "../../../../wire/chain.ts";

/** A validator as blocks name it: its name if it is known, else its consensus address. */
export function SignerName({ signer: { address, operator, moniker } }: { signer: Signer }): ReactNode {
  return operator === null ? <Code text={address} /> : <Address address={operator} name={moniker ?? undefined} />;
}
