import { getService } from "@assay/client/actions/getService";
import { NotFoundError } from "@assay/client/errors";
import { HttpError } from "../http/errors.ts";
import type { NodeState } from "./state.ts";

/**
 * Origin of the endpoint that a service names on the chain, to be put into a policy; undefined when there is no such
 * service, when it names no http(s) endpoint, or when the node is away.
 */
export async function endpointOrigin(node: NodeState, service: number): Promise<string | undefined> {
  try {
    const { value } = await node.ask(`endpoint-origin/${service}`, async (client) => {
      const entry = await getService(client, { id: BigInt(service) });
      return originOf(entry.service?.endpoint ?? "") ?? null;
    });
    return value ?? undefined;
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof HttpError) return undefined;
    throw error;
  }
}

/** Anyone may write an endpoint: nothing but scheme, host and port gets through, in the URL parser's spelling. */
export function originOf(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  return /^https?:\/\/[a-z0-9.[\]:-]+$/.test(url.origin) ? url.origin : undefined;
}
