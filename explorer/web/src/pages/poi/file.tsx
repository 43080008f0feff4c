import { useState, type ReactNode } from "react";
import { Button } from "../../components/button.tsx";
import { formatBytes } from "../../components/format.ts";

type State =
  { is: "idle" } | { is: "loading" } | { is: "done"; bytes: number } | { is: "failed"; why: string };

/** Fetches a model's file from the chain, checks that its hash is the id, and hands it to the reader. */
export function FileDownload({ id, name }: { id: string; name: string }): ReactNode {
  const [state, setState] = useState<State>({ is: "idle" });
  const fetchFile = async (): Promise<void> => {
    setState({ is: "loading" });
    try {
      // Brings cosmjs: loaded only when somebody wants the file.
      const { fetchModelFile } = await import("./fetch-file.ts");
      const file = await fetchModelFile(id);
      save(file, `${name.replace(/[^\w.-]+/g, "-") || "model"}-${id.slice(0, 8)}.onnx`);
      setState({ is: "done", bytes: file.length });
    } catch (error) {
      setState({ is: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <div className="mt-3">
      <Button disabled={state.is === "loading"} onClick={() => void fetchFile()}>
        {state.is === "loading" ? "Fetching …" : "Fetch and check the file"}
      </Button>
      <p role="status" className="mt-1.5 text-xs text-muted">
        {state.is === "done"
          ? `${formatBytes(state.bytes)} came from the chain, and their SHA-256 is the model's id: this is the file that is scored.`
          : state.is === "failed"
            ? state.why
            : "Your browser takes the SHA-256 of what the node sends: it must be the model's id."}
      </p>
    </div>
  );
}

function save(file: Uint8Array<ArrayBuffer>, fileName: string): void {
  const url = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
