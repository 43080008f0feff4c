import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { Copy } from "../components/copy.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { messageOf } from "./store.ts";
import { TestKeyWarning } from "./test-key-warning.tsx";
import { useWallet } from "./use-wallet.ts";

/** Makes, brings in, shows and deletes the test key of this browser. */
export function TestKeyDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange(open: boolean): void;
}): ReactNode {
  const { testKeyAddress } = useWallet();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Test key"
      lead="A key that this page keeps, unprotected, for trying things out on a local network. Whoever can use this browser can read it."
    >
      <TestKeyWarning />
      {testKeyAddress === null ? (
        <NewKey done={() => onOpenChange(false)} />
      ) : (
        <ExistingKey key={testKeyAddress} address={testKeyAddress} done={() => onOpenChange(false)} />
      )}
    </Dialog>
  );
}

function NewKey({ done }: { done(): void }): ReactNode {
  const { createDevKey, importDevKey } = useWallet();
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (make: () => Promise<void>): void => {
    setBusy(true);
    setProblem(undefined);
    make().then(done, (error: unknown) => {
      setBusy(false);
      setProblem(messageOf(error));
    });
  };
  return (
    <>
      <Button kind="primary" disabled={busy} onClick={() => run(createDevKey)}>
        Make a new test key
      </Button>
      <form
        className="grid gap-3 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          run(() => importDevKey(words));
        }}
      >
        <Field
          label="Or bring in a test key by its words"
          hint="Never type the words of a key that holds anything of value into a page."
          error={problem}
        >
          {(field) => (
            <textarea
              {...field}
              rows={2}
              autoComplete="off"
              spellCheck={false}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={busy || words.trim() === ""}>
          Use these words
        </Button>
      </form>
    </>
  );
}

function ExistingKey({ address, done }: { address: string; done(): void }): ReactNode {
  const { exportDevKey, deleteDevKey } = useWallet();
  const [words, setWords] = useState<string>();
  const [sure, setSure] = useState(false);
  return (
    <>
      <p className="font-mono text-sm break-all">
        {address} <Copy text={address} what="address" />
      </p>
      {words === undefined ? (
        <Button onClick={() => setWords(exportDevKey())}>Show its words</Button>
      ) : (
        <p className="rounded-lg bg-surface-2 p-3 font-mono text-sm">
          {words} <Copy text={words} what="words" />
        </p>
      )}
      {sure ? (
        <div className="grid gap-2">
          <p className="text-sm">Without its words, what this key holds is lost. Delete it?</p>
          <div className="flex gap-2">
            <Button
              kind="danger"
              onClick={() => {
                deleteDevKey();
                done();
              }}
            >
              Delete it
            </Button>
            <Button onClick={() => setSure(false)}>Keep it</Button>
          </div>
        </div>
      ) : (
        <Button kind="danger" onClick={() => setSure(true)}>
          Delete the key from this browser
        </Button>
      )}
    </>
  );
}
