/** What is read of a message; checked before memory or time is spent on it. */
export interface OipLimits {
  /** Of the JSON part, where binary data follows it. */
  headerBytes: number;
  /** Of a body that is JSON only. */
  jsonBytes: number;
  /** Of arrays and objects inside one another. */
  depth: number;
  /** In a message, and outputs asked for. */
  tensors: number;
  /** Dimensions of a tensor. */
  rank: number;
  /** Elements of a tensor. */
  elements: number;
}

export const DEFAULT_LIMITS: OipLimits = {
  headerBytes: 64 * 1024,
  jsonBytes: 8 * 1024 * 1024,
  depth: 16,
  tensors: 16,
  rank: 8,
  elements: 2 ** 24,
};

/** Characters of a tensor's name, of an id, of a model's name or version. */
export const MAX_TEXT = 256;
