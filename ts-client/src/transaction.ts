import { encodeSecp256k1Pubkey, makeSignDoc as makeAminoSignDoc } from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import {
  encodePubkey,
  isOfflineDirectSigner,
  makeAuthInfoBytes,
  makeSignDoc,
  type EncodeObject,
  type OfflineSigner,
} from "@cosmjs/proto-signing";
import type { AminoTypes } from "@cosmjs/stargate";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { SignerError } from "./errors.ts";

/** Who signs: a key, its address on a chain, and how that chain knows it. */
export interface TxSigner {
  signer: OfflineSigner;
  address: string;
  chainId: string;
  accountNumber: bigint;
}

/** When a transaction may run: next in its account's order, or at any time before a deadline. */
export type TxOrder =
  | { unordered: false; sequence: number; timeoutHeight: number }
  /** `timeout` also tells this transaction from the account's others: it must be unique, down to the nanosecond. */
  | { unordered: true; timeout: { seconds: bigint; nanos: number } };

export interface TxContent {
  /** Encoded messages. */
  messages: readonly Any[];
  /** The same messages, for signers that show them (amino). */
  msgs: readonly EncodeObject[];
  gas: number;
  fee: readonly Coin[];
  feeGranter?: string;
  order: TxOrder;
}

export interface SignedTx {
  txBytes: Uint8Array;
  /** Upper-case hex. */
  hash: string;
}

/** Hash under which nodes know a transaction, in upper-case hex. */
export function txHash(txBytes: Uint8Array): string {
  return bytesToHex(sha256(txBytes)).toUpperCase();
}

/** The sequence a signed transaction carries. */
export function txSequence(txBytes: Uint8Array): number {
  const { authInfoBytes } = TxRaw.decode(txBytes);
  return Number(AuthInfo.decode(authInfoBytes).signerInfos[0]?.sequence ?? 0n);
}

function encodeBody(messages: readonly Any[], order: TxOrder): Uint8Array {
  return TxBody.encode(
    TxBody.fromPartial({
      messages: [...messages],
      ...(order.unordered
        ? { unordered: true, timeoutTimestamp: order.timeout }
        : { timeoutHeight: BigInt(order.timeoutHeight) }),
    }),
  ).finish();
}

async function publicKey(signer: OfflineSigner, address: string): Promise<Uint8Array> {
  const accounts = await signer.getAccounts();
  const account = accounts.find((candidate) => candidate.address === address);
  if (!account) {
    const known = accounts.map((candidate) => candidate.address).join(", ");
    throw new SignerError(`The signer holds ${known}, not ${address}. Use the key of that address.`);
  }
  return account.pubkey;
}

/** A transaction good enough to be simulated: everything but the signature. */
export async function encodeForSimulation(
  signer: OfflineSigner,
  address: string,
  messages: readonly Any[],
  order: TxOrder,
): Promise<Uint8Array> {
  const pubkey = encodePubkey(encodeSecp256k1Pubkey(await publicKey(signer, address)));
  const sequence = order.unordered ? 0 : order.sequence;
  return TxRaw.encode({
    bodyBytes: encodeBody(messages, order),
    authInfoBytes: makeAuthInfoBytes([{ pubkey, sequence }], [], 0, undefined, undefined),
    signatures: [new Uint8Array()],
  }).finish();
}

/**
 * Signs in the direct mode, or in amino JSON when that is all the signer can do (Ledger).
 *
 * Throws SignerError when the signer lacks the address's key, or is asked for an unordered amino signature.
 */
export async function signTx(by: TxSigner, content: TxContent, aminoTypes: AminoTypes): Promise<SignedTx> {
  const { signer, address, chainId, accountNumber } = by;
  const { messages, msgs, gas, fee, feeGranter, order } = content;
  const pubkey = encodePubkey(encodeSecp256k1Pubkey(await publicKey(signer, address)));
  const sequence = order.unordered ? 0 : order.sequence;
  let signed: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array; signature: string };
  if (isOfflineDirectSigner(signer)) {
    const authInfoBytes = makeAuthInfoBytes([{ pubkey, sequence }], fee, gas, feeGranter, undefined);
    const signDoc = makeSignDoc(encodeBody(messages, order), authInfoBytes, chainId, accountNumber);
    const response = await signer.signDirect(address, signDoc);
    signed = { ...response.signed, signature: response.signature.signature };
  } else {
    if (order.unordered)
      throw new SignerError("This signer signs amino JSON only, which has no unordered mode.");
    const signDoc = makeAminoSignDoc(
      msgs.map((msg) => aminoTypes.toAmino(msg)),
      { amount: fee, gas: gas.toString(), granter: feeGranter },
      chainId,
      "",
      accountNumber,
      sequence,
      BigInt(order.timeoutHeight),
    );
    const response = await signer.signAmino(address, signDoc);
    signed = {
      bodyBytes: encodeBody(messages, order),
      authInfoBytes: makeAuthInfoBytes(
        [{ pubkey, sequence }],
        response.signed.fee.amount,
        Number(response.signed.fee.gas),
        response.signed.fee.granter,
        response.signed.fee.payer,
        SignMode.SIGN_MODE_LEGACY_AMINO_JSON,
      ),
      signature: response.signature.signature,
    };
  }
  const txBytes = TxRaw.encode({
    bodyBytes: signed.bodyBytes,
    authInfoBytes: signed.authInfoBytes,
    signatures: [fromBase64(signed.signature)],
  }).finish();
  return { txBytes, hash: txHash(txBytes) };
}
