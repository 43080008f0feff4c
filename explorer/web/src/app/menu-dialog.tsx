import { useRef, type ReactNode } from "react";
import { Dialog } from "../components/dialog.tsx";
import { ThemeButton } from "./theme.tsx";
import { NavigationList } from "./navigation-list.tsx";

/** The navigation of screens that have no room for it beside the page. */
export function MenuDialog({ onClose }: { onClose: () => void }): ReactNode {
  const left = useRef(false);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Menu"
      stays={() => !left.current}
      className="top-0 left-0 h-dvh max-h-none w-[min(19rem,88vw)] translate-x-0 content-start rounded-none border-y-0 border-l-0"
    >
      <nav aria-label="Explorer" className="-mx-2">
        <NavigationList
          onNavigate={() => {
            left.current = true;
            onClose();
          }}
        />
      </nav>
      <div className="-mx-2 flex items-center gap-1 border-t border-line pt-3 text-sm text-muted">
        <ThemeButton />
        Colours
      </div>
    </Dialog>
  );
}
