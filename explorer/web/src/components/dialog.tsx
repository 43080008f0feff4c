import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { useReturnFocus } from "./return-focus.ts";

/** A modal dialog: focus stays inside, Escape closes it, focus returns to where it was. */
export function Dialog({
  open,
  onOpenChange,
  title,
  lead,
  stays,
  className,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead?: ReactNode;
  /** Whether the page stays when it closes, so that the focus goes back; it does unless said. */
  stays?: () => boolean;
  className?: string;
  children: ReactNode;
}): ReactNode {
  const returnFocus = useReturnFocus(stays);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(8_12_18/0.5)]" />
        <Radix.Content
          {...returnFocus}
          {...(lead === undefined ? { "aria-describedby": undefined } : {})}
          className={cx(
            "fixed top-[8vh] left-1/2 z-50 grid max-h-[84vh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 gap-4 overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-xl",
            className,
          )}
        >
          <div className="flex items-start justify-between gap-4">
            <div>
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {lead === undefined ? null : (
                <Radix.Description className="mt-1 text-sm text-muted">{lead}</Radix.Description>
              )}
            </div>
            <Radix.Close
              className="rounded p-1 text-muted hover:bg-surface-2 hover:text-ink"
              aria-label="Close"
            >
              <X className="size-4" aria-hidden="true" />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
