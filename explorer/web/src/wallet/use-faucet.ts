import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import { toast } from "../components/toast.tsx";
import { askFaucet } from "./faucet.ts";

/** Asks the faucet for an address, and tells how it went. */
export function useFaucet(): UseMutationResult<{ hash?: string }, Error, string> {
  return useMutation({
    mutationFn: (address: string) => askFaucet(address, new AbortController().signal),
    onSuccess: () => toast("The faucet has sent coins. They are there with the next block.", "good"),
    onError: (error) => toast(error.message, "bad"),
  });
}
