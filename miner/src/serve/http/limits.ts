/** What the edge takes on. */
export interface EdgeLimits {
  /** Of a request. */
  bodyBytes: number;
  /** For all of a body to arrive. */
  bodyMs: number;
  /** For the model to answer. */
  runMs: number;
  /** In one call. */
  items: number;
  /** Calls at a time, over all and from one remote address. */
  calls: number;
  callsPerRemote: number;
  /** This many bad signatures from one address block it for `blockMs`. */
  badSignatures: number;
  blockMs: number;
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  bodyBytes: 4 * 1024 * 1024,
  bodyMs: 10_000,
  runMs: 30_000,
  items: 256,
  calls: 256,
  callsPerRemote: 64,
  badSignatures: 20,
  blockMs: 600_000,
};
