import { useEffect, useRef, useState, type ReactNode } from "react";

/**
 * Lets what is wider than the screen scroll inside itself. Only then it is a stop for the keyboard, which scrolls it
 * with the arrow keys.
 */
export function ScrollBox({ label, children }: { label: string; children: ReactNode }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setScrolls(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      // Positioned, so that what is only read out (absolute) does not widen the page.
      className="relative overflow-x-auto"
      {...(scrolls ? { tabIndex: 0, role: "region", "aria-label": `${label}, scrolls sideways` } : {})}
    >
      {children}
    </div>
  );
}
