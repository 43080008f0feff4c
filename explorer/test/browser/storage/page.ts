/** What the test calls in the browser. */
import { openStorage, type PlayStorage } from "../../../web/src/play/storage.ts";

export interface StoragePage {
  readonly storage: PlayStorage;
}

const page: StoragePage = { storage: await openStorage() };

Object.assign(globalThis, { page });
