import { encodeReceiptFile, type ReceiptFile } from "@assay/client/market/x402";
import { toHex } from "@cosmjs/encoding";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Button, TextLink } from "../components/button.tsx";
import { Facts } from "../components/stat.tsx";
import { Amount, Code } from "../components/values.tsx";

/** What the provider signed, and the file that proves it elsewhere. */
export function ReceiptCard({ file, denom }: { file: ReceiptFile; denom: string }): ReactNode {
  const { receipt, servingKey } = file;
  const name = `receipt-${receipt.service}-${toHex(receipt.callHash).slice(0, 12)}.json`;
  const free = receipt.amount === 0n;
  const channel = toHex(receipt.channel);
  return (
    <details className="group rounded-lg border border-line">
      <summary className="px-4 py-3 text-sm font-medium">The provider’s signed receipt</summary>
      <div className="grid gap-3 border-t border-line p-4">
        <Facts
          items={[
            ["Signed by", <Code key="key" text={toHex(servingKey)} full />],
            ["Over the input", <Code key="in" text={toHex(receipt.inputRoot)} />],
            ["And the answer", <Code key="out" text={toHex(receipt.outputRoot)} />],
            free
              ? null
              : [
                  "Paid with",
                  <span key="channel">
                    lane {receipt.lane} of channel{" "}
                    <TextLink to={`/channels/${channel}`}>
                      <Code text={channel} />
                    </TextLink>
                    , in all <Amount amount={String(receipt.amount)} denom={denom} digits={6} />
                  </span>,
                ],
          ]}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button onClick={() => download(name, encodeReceiptFile(file))}>
            <Download className="size-4" aria-hidden="true" />
            Save the receipt
          </Button>
          <p className="text-xs text-muted">
            <code>assay receipt verify {name} --rerun</code> checks it on your own machine.
          </p>
        </div>
      </div>
    </details>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by the time other tasks run.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
