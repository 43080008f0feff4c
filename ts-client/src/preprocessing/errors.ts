/** A raw item cannot become a tensor: it is too large, empty, or of another kind than the preprocessing takes. */
export class PreprocessingError extends Error {
  override readonly name = "PreprocessingError";
  readonly preprocessing: string;

  constructor(preprocessing: string, message: string) {
    super(`preprocessing ${preprocessing}: ${message}`);
    this.preprocessing = preprocessing;
  }
}

/** The arena names a preprocessing this client does not have. */
export class UnknownPreprocessingError extends Error {
  override readonly name = "UnknownPreprocessingError";
  readonly preprocessing: string;

  constructor(preprocessing: string, known: readonly string[]) {
    super(
      `unknown preprocessing "${preprocessing}"; this version has ${known.join(", ")}: update the client, or name one of these in the arena`,
    );
    this.preprocessing = preprocessing;
  }
}
