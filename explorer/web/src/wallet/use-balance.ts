import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useHead } from "../api/live.ts";

/**
 * What an account can spend, in uassay, asked again with every block. It loads the chain's client, so enable it only
 * where somebody looks at it.
 */
export function useBalance(address: string | undefined, enabled = true): UseQueryResult<bigint> {
  const height = useHead()?.height ?? 0;
  return useQuery({
    queryKey: ["balance", address, height],
    queryFn: async () => {
      const { balanceOf, loadChain } = await import("./client.ts");
      return balanceOf(await loadChain(), address ?? "");
    },
    enabled: enabled && address !== undefined,
    placeholderData: keepPreviousData,
    retry: 1,
  });
}
