import workerUrl from "./model-worker.ts?worker&url";

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

/** As far as it is used here; browsers without it need no policy. */
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

let policy: ScriptUrlPolicy | undefined;

/** Starts the one worker there is: the policy takes no other script. */
export function startModelWorker(): Worker {
  policy ??= createPolicy({
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError(`no worker of this page: ${url}`);
      return url;
    },
  });
  return new Worker(policy.createScriptURL(workerUrl), { type: "module" });
}

function createPolicy(rules: ScriptUrlPolicy): ScriptUrlPolicy {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy("assay-worker", rules) ?? rules;
}
