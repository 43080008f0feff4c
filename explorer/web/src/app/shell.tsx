import { Outlet, useRouter } from "@tanstack/react-router";
import { Menu, Search } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { useNetwork } from "../api/live.ts";
import { TextLink } from "../components/button.tsx";
import { Toasts } from "../components/toast.tsx";
import { Banner } from "./banner.tsx";
import { Footer } from "./footer.tsx";
import { LiveMark } from "./live-mark.tsx";
import { Logo } from "./logo.tsx";
import { NavigationList } from "./navigation-list.tsx";
import { ThemeButton } from "./theme.tsx";
import { WalletSlot } from "./wallet-slot.tsx";

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));
const MenuDialog = lazy(async () => ({ default: (await import("./menu-dialog.tsx")).MenuDialog }));

const ICON_BUTTON = "rounded-lg p-2 text-muted hover:bg-surface-2 hover:text-ink";

/** What is around every page: header, navigation, banner, footer, search and messages. */
export function Shell(): ReactNode {
  const [searching, setSearching] = useState(false);
  const [menu, setMenu] = useState(false);
  useSearchKeys(useCallback(() => setSearching(true), []));
  useFocusOnNavigation();
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-lg bg-surface px-4 py-2 font-medium focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the content
      </a>
      <div>
        <header className="sticky top-0 z-30 border-b border-line bg-surface">
          <div className="mx-auto flex h-14 max-w-[92rem] items-center gap-2 px-4 sm:gap-3 sm:px-6">
            <button
              type="button"
              className={`${ICON_BUTTON} -ml-2 lg:hidden`}
              aria-label="Menu"
              aria-haspopup="dialog"
              onClick={() => setMenu(true)}
            >
              <Menu className="size-5" aria-hidden="true" />
            </button>
            <Brand />
            <button
              type="button"
              aria-haspopup="dialog"
              aria-keyshortcuts="/ Control+K"
              className="ml-auto flex items-center gap-2 rounded-lg p-2 text-sm text-muted hover:text-ink md:mr-auto md:ml-4 md:w-full md:max-w-md md:border md:border-line md:bg-page md:px-3 md:py-1.5 lg:ml-10"
              onClick={() => setSearching(true)}
            >
              <Search className="size-4.5 md:size-4" aria-hidden="true" />
              <span className="max-md:sr-only">Search height, hash, address, model …</span>
              <kbd
                aria-hidden="true"
                className="ml-auto hidden rounded border border-line px-1.5 font-mono text-xs md:inline"
              >
                /
              </kbd>
            </button>
            <LiveMark />
            <span className="max-sm:hidden">
              <ThemeButton />
            </span>
            <WalletSlot />
          </div>
        </header>
        <Banner />
        {/* As high as the screen, so that the footer is not seen to move while a page loads. */}
        <div className="mx-auto flex min-h-[calc(100vh-3.5rem)] w-full max-w-[92rem]">
          <nav
            aria-label="Explorer"
            className="sticky top-14 hidden h-[calc(100vh-3.5rem)] w-56 shrink-0 overflow-y-auto py-6 pr-2 pl-3 lg:block"
          >
            <NavigationList />
          </nav>
          <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 sm:px-6">
            <Outlet />
          </main>
        </div>
        <Footer />
      </div>
      <Suspense>
        {searching ? <Palette onClose={() => setSearching(false)} /> : null}
        {menu ? <MenuDialog onClose={() => setMenu(false)} /> : null}
      </Suspense>
      <Toasts />
    </>
  );
}

function Brand(): ReactNode {
  const network = useNetwork();
  return (
    <div className="flex items-center gap-3">
      <TextLink to="/" className="flex items-center gap-2 text-lg font-semibold tracking-tight">
        <Logo className="size-6" />
        <span className="max-sm:sr-only">Assay</span>
      </TextLink>
      {/* Its place is kept until the name is known: what follows would move. */}
      <span className="min-h-5.5 min-w-27 rounded-md border border-line px-1.5 py-0.5 text-center font-mono text-xs text-muted max-xl:hidden">
        {network?.chainId}
      </span>
    </div>
  );
}

/** `/` outside of inputs, and Ctrl-K or Cmd-K anywhere. */
function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !chord) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [open]);
}

/** Who goes to another page continues at its heading, which is also how a screen reader learns of it. */
function useFocusOnNavigation(): void {
  const router = useRouter();
  const first = useRef(true);
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged }) => {
        if (first.current) first.current = false;
        else if (pathChanged) {
          const target =
            document.querySelector<HTMLElement>("main h1") ?? document.querySelector<HTMLElement>("main");
          target?.focus({ preventScroll: true });
        }
      }),
    [router],
  );
}
