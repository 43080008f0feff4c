import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

export interface Tab {
  key: string;
  label: ReactNode;
  /** Rendered only while its tab is open. */
  content: () => ReactNode;
}

/** Parts of a page of which one is shown. Controlled with `value` and `onChange`, else the first is open. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string;
  tabs: readonly Tab[];
  value?: string;
  onChange?: (key: string) => void;
}): ReactNode {
  return (
    <Radix.Root
      defaultValue={value === undefined ? tabs[0]?.key : undefined}
      value={value}
      onValueChange={onChange}
    >
      <Radix.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ key, label: name }) => (
          <Radix.Trigger
            key={key}
            value={key}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {name}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ key, content }) => (
        <Radix.Content key={key} value={key} className="pt-4">
          {content()}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
