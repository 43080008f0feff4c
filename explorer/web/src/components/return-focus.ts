import { useRef } from "react";

export interface ReturnFocus {
  onOpenAutoFocus: () => void;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * For the content of dialogs without a trigger of their own: the keyboard goes back to where it was before.
 *
 * @param stays says whether it does when the dialog closes, and not on to another page.
 */
export function useReturnFocus(stays: () => boolean = () => true): ReturnFocus {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      if (stays() && before.current instanceof HTMLElement) before.current.focus();
    },
  };
}
