/** The api did not answer, or not with what was asked. `status` is 0 when it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }
}

const TIMEOUT_MS = 15_000;

/**
 * The URL of a route: `{name}` filled from `params`, everything else of `query` that has a value after it, in order of
 * names, so that one question has one URL.
 */
export function apiUrl(
  path: string,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asText(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value !== undefined && value !== null && value !== "") search.append(name, asText(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (Array.isArray(value)) return value.map(asText).join(",");
  throw new TypeError(`expected a text, number or list in the address of a question, got ${typeof value}`);
}

/** GETs JSON from this explorer's api. Throws {@link ApiError}. */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(0, "The explorer's api does not answer. Check your connection and try again.", {
      cause: error,
    });
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new ApiError(response.status, messageOf(body) ?? `The api answered with status ${response.status}.`);
}

function messageOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return typeof error.message === "string" ? error.message : null;
}
