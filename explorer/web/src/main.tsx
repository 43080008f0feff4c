import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { config } from "zod/v4/core";
import { Live, openLiveStore } from "./api/live.ts";
import { createQueryClient, followHead } from "./api/query-client.ts";
import { applyStoredTheme } from "./app/theme.tsx";
import { router } from "./app/router.tsx";

// Radix puts one style of its own into the document while a dialog is open; the policy lets it by this nonce.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) setNonce(nonce);

// The chain's client checks with zod, which would try to write functions: the policy forbids that, and reports it.
config({ jitless: true });

applyStoredTheme();

const live = openLiveStore();
const queries = createQueryClient();
followHead(queries, live);

const holder = document.getElementById("root");
if (holder === null) throw new Error("index.html has no #root");
createRoot(holder).render(
  <StrictMode>
    <Live value={live}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Live>
  </StrictMode>,
);
