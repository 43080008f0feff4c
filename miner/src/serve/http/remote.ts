/**
 * Whom limits count: the caller's address, of IPv6 its /64, which one subscriber has whole. Behind a proxy it is what
 * the proxy says, if the app's `trust proxy` is set.
 */
export function remoteOf({ ip: address = "unknown" }: { ip?: string | undefined }): string {
  if (!address.includes(":")) return address;
  if (address.startsWith("::ffff:") && address.includes(".")) return address.slice(7);
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
