/** Receipt files that people kept: what they prove by themselves, and what the chain and the model add. */
import { getModelFile } from "@assay/client/actions/getModelFile";
import { getService } from "@assay/client/actions/getService";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError, WrongChainIdError } from "@assay/client/errors";
import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { check, type Program } from "@assay/client/intonnx/check";
import { ReceiptError, verifyReceipt } from "@assay/client/market/receipt";
import {
  decodeReceiptFile,
  MAX_RECEIPT_FILE_CHARS,
  X402Error,
  type ReceiptFile,
} from "@assay/client/market/x402";
import { UsageError } from "../errors.ts";
import { shortId, toHex } from "../format.ts";
import { readFileOf } from "../input.ts";

/** Reads a receipt file. Throws UsageError when it is none; it may still be of another answer. */
export async function readReceipt(path: string): Promise<ReceiptFile> {
  const text = (await readFileOf("the receipt file", path, MAX_RECEIPT_FILE_CHARS)).toString("utf8");
  try {
    return decodeReceiptFile(text);
  } catch (error) {
    if (error instanceof X402Error) throw new UsageError(`${path} is no receipt file: ${error.message}`);
    throw error;
  }
}

/** What is wrong with the receipt by what is in its file alone; undefined if it is signed over its items and outputs. */
export async function faultOf(file: ReceiptFile): Promise<ReceiptError | undefined> {
  try {
    await verifyReceipt({ ...file, service: file.receipt.service });
    return undefined;
  } catch (error) {
    if (error instanceof ReceiptError) return error;
    throw error;
  }
}

/**
 * The service of a receipt, which must have the key that the file names. Throws WrongChainIdError, ReceiptError, and
 * UsageError when there is no such service.
 */
export async function serviceOf(
  client: AssayClient,
  { chainId, receipt, servingKey }: ReceiptFile,
): Promise<Service> {
  if (chainId !== client.chainId) throw new WrongChainIdError(client.rpcUrl, chainId, client.chainId);
  const { service } = await getService(client, { id: receipt.service }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return { service: undefined };
    throw error;
  });
  if (!service) throw new UsageError(`chain ${chainId} has no service ${receipt.service}`);
  if (toHex(service.servingKey) !== toHex(servingKey)) {
    throw new ReceiptError(
      "signature",
      `The receipt is not signed by service ${service.id}, whose key on the chain is another one: it proves nothing.`,
    );
  }
  return service;
}

/** The model of a service from the chain's own file. Throws UsageError when it has none, or none any more. */
export async function programOf(client: AssayClient, { id, model }: Service): Promise<Program> {
  if (model.length === 0)
    throw new UsageError(`service ${id} has no exact model: nobody can verify its answers`);
  const file = await getModelFile(client, { modelHex: toHex(model) }).catch((error: unknown) => {
    if (error instanceof NotFoundError)
      throw new UsageError(
        `the chain has deleted the file of model ${shortId(model)}: its answers are final`,
      );
    throw error;
  });
  return check(file);
}
