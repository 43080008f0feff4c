import { getModelFile } from "@assay/client/actions/getModelFile";
import { createClient } from "@assay/client/client";

/** A file is at most 1 MiB; the node's JSON carries it in base64. */
const MAX_RESPONSE_BYTES = 4 * 2 ** 20;
const TIMEOUT_MS = 30_000;

/** The file of a model, whose sha256 is its id. Throws FileHashError when the node sends another one. */
export async function fetchModelFile(modelHex: string): Promise<Uint8Array<ArrayBuffer>> {
  const client = await createClient({
    rpcUrl: `${location.origin}/api/rpc`,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return Uint8Array.from(await getModelFile(client, { modelHex }));
}
