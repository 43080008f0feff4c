import type { AminoConverters } from "@cosmjs/stargate";

export function createAminoConverters(): AminoConverters {
  return {};
}
