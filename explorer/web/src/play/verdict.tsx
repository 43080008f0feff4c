import { BadgeCheck, Gavel, LoaderCircle, ShieldQuestion, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ServiceState } from "../../../wire/market.ts";
import { Button } from "../components/button.tsx";
import { Facts } from "../components/stat.tsx";
import { Amount, TxHash } from "../components/values.tsx";
import type { Proof, Verdict } from "./playground.ts";
import { formatMs } from "./timeline.tsx";

const BOX = "flex items-start gap-3 rounded-lg p-4 text-sm";

/** Whether the answer is the model's, in one sentence that stands out. */
export function VerdictBox({
  verdict,
  loading,
}: {
  verdict: Verdict | undefined;
  /** The model is still on its way to this browser. */
  loading: boolean;
}): ReactNode {
  if (verdict === undefined)
    return (
      <p className={`${BOX} bg-surface-2 text-muted`}>
        <LoaderCircle className="size-5 shrink-0 animate-spin" aria-hidden="true" />
        {loading
          ? "Loading the model and its runtime into this browser …"
          : "Running the model in this browser …"}
      </p>
    );
  switch (verdict.kind) {
    case "identical":
      return (
        <div className={`${BOX} bg-good-wash text-good`}>
          <BadgeCheck className="size-6 shrink-0" aria-hidden="true" />
          <div>
            <p className="text-base font-semibold">Identical, bit for bit</p>
            <p>
              Your browser ran the same model on the same bytes and got the same numbers, in{" "}
              {formatMs(verdict.ms)}. Nobody had to be trusted.
            </p>
          </div>
        </div>
      );
    case "wrong":
      return (
        <div className={`${BOX} bg-bad-wash text-bad`}>
          <TriangleAlert className="size-6 shrink-0" aria-hidden="true" />
          <div>
            <p className="text-base font-semibold">WRONG: the provider signed something else</p>
            <p>
              Your browser ran the same model on the same bytes and got other numbers. The receipt proves what
              the provider answered.
            </p>
          </div>
        </div>
      );
    case "unverified":
      return (
        <div className={`${BOX} bg-warn-wash text-warn`}>
          <ShieldQuestion className="size-6 shrink-0" aria-hidden="true" />
          <div>
            <p className="text-base font-semibold">Not verified here</p>
            <p>{verdict.why}</p>
          </div>
        </div>
      );
  }
}

/** The way from a wrong answer to the provider's bond. */
export function ProofBox({
  service,
  proof,
  signable,
  prove,
}: {
  service: ServiceState;
  proof: Proof | undefined;
  /** Whether there is an account that can send the proof. */
  signable: boolean;
  prove: () => void;
}): ReactNode {
  if (proof === undefined || proof.kind === "failed")
    return (
      <div className="grid gap-3 rounded-lg border border-bad p-4 text-sm">
        <p>
          Send the receipt with this one item to the chain: every validator runs the model on it. If it gives
          your numbers, the provider loses its bond of <Amount amount={service.bond} />, a tenth of it is
          yours, and what is left of your deposit comes back at once.
        </p>
        {proof ? (
          <p role="alert" className="text-bad">
            {proof.problem.title}: {proof.problem.text}
          </p>
        ) : null}
        <Button kind="danger" className="justify-self-start" disabled={!signable} onClick={prove}>
          <Gavel className="size-4" aria-hidden="true" />
          Prove it to the chain
        </Button>
        {signable ? null : <p className="text-muted">Connect an account to send the proof.</p>}
      </div>
    );
  if (proof.kind === "sending")
    return (
      <p role="status" className={`${BOX} bg-surface-2 text-muted`}>
        <LoaderCircle className="size-5 shrink-0 animate-spin" aria-hidden="true" />
        The validators run the model …
      </p>
    );
  if (proof.kind === "refused")
    return (
      <p role="status" className={`${BOX} bg-warn-wash text-warn`}>
        <span>
          The chain found the answer right and convicted nobody: <TxHash hash={proof.hash} />.
        </span>
      </p>
    );
  const { conviction, hash } = proof;
  return (
    <div role="status" className="grid gap-2 rounded-lg border border-good p-4 text-sm">
      <p className="text-base font-semibold text-good">Convicted: the chain came to your numbers</p>
      <Facts
        items={[
          ["Transaction", <TxHash key="tx" hash={hash} />],
          ["The provider lost", coin(conviction.slashed)],
          ["Your reward", coin(conviction.reward)],
          [
            "Back from your deposit",
            proof.kind === "closing" ? (
              "closing the channel …"
            ) : proof.returned === undefined ? (
              "not yet: close the channel from its page"
            ) : (
              <Amount key="back" amount={String(proof.returned)} denom={service.denom} digits={6} />
            ),
          ],
        ]}
      />
    </div>
  );
}

function coin({ denom, amount }: { denom: string; amount: bigint }): ReactNode {
  return <Amount amount={String(amount)} denom={denom} digits={6} />;
}
