import { AssayError, WrongChainIdError } from "@assay/client/errors";

/** Codes a program ends with. */
export const EXIT = {
  ok: 0,
  /** It ran and failed. */
  failed: 1,
  /** It could not start as it is set up: config, keys, data directory, wrong chain. Starting it again changes nothing. */
  setup: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The program is set up in a way that cannot work; it ends with {@link EXIT.setup}. */
export class SetupError extends AssayError {}

/** Something could not be written because the disk (or a quota) is full. Nothing that depended on it was done. */
export class DiskFullError extends AssayError {
  constructor(path: string, cause?: unknown) {
    super(
      `no space left to write ${path}: free some disk space; nothing was sent that could not be recorded`,
      {
        cause,
        details: { path },
      },
    );
  }
}

/** A file is missing, too large, in the way, or not what it should be. */
export class FileError extends AssayError {}

/** The code a program ends with for `error`. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof SetupError || error instanceof WrongChainIdError ? EXIT.setup : EXIT.failed;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `error` is what an aborted {@link AbortSignal} makes an operation throw. */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "AbortError" || (error as NodeJS.ErrnoException).code === "ABORT_ERR")
  );
}

/** The `code` of a system or SQLite error, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
