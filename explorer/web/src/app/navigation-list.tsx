import { useLocation } from "@tanstack/react-router";
import { useId, type ReactNode } from "react";
import { useNetwork } from "../api/live.ts";
import { TextLink } from "../components/button.tsx";
import { cx } from "../components/cx.ts";
import { PLACES, type Place, type PlaceGroup } from "./navigation.ts";

/** The list of places, beside the page or in the menu of narrow screens. */
export function NavigationList({ onNavigate }: { onNavigate?: () => void }): ReactNode {
  const { pathname } = useLocation();
  const network = useNetwork();
  // Until it is known whether there is a faucet its place is kept, so that the places below do not move.
  const offered = (place: Place): boolean =>
    place.to !== "/faucet" || network === undefined || Boolean(network.faucet);
  return (
    <div className="grid gap-5">
      {PLACES.map((group) => (
        <Group
          key={group.name}
          name={group.name}
          places={group.places.filter(offered)}
          pathname={pathname}
          onNavigate={onNavigate}
        />
      ))}
    </div>
  );
}

function Group({
  name,
  places,
  pathname,
  onNavigate,
}: PlaceGroup & { pathname: string; onNavigate: (() => void) | undefined }): ReactNode {
  const id = useId();
  return (
    <div>
      {name === "" ? null : (
        <p id={id} className="px-3 pb-1 text-xs font-medium tracking-wide text-muted">
          {name}
        </p>
      )}
      <ul aria-labelledby={name === "" ? undefined : id} className="grid gap-px">
        {places.map((place) => (
          <li key={place.to}>
            <PlaceLink place={place} current={isWithin(pathname, place.to)} onNavigate={onNavigate} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function PlaceLink({
  place: { to, name, icon: Icon, about, document },
  current,
  onNavigate,
}: {
  place: Place;
  current: boolean;
  onNavigate: (() => void) | undefined;
}): ReactNode {
  const props = {
    title: about,
    "aria-current": current ? ("page" as const) : undefined,
    className: cx(
      "flex items-center gap-2.5 rounded-lg px-3 py-1.5 text-sm text-muted hover:bg-surface-2 hover:text-ink",
      current && "bg-surface-2 font-medium text-ink",
    ),
    children: (
      <>
        <Icon className={cx("size-4 shrink-0", current && "text-accent")} aria-hidden="true" />
        {name}
      </>
    ),
  };
  return document ? <a href={to} {...props} /> : <TextLink to={to} onClick={onNavigate} {...props} />;
}

/** Whether a page belongs to a place: `/blocks/12` to `/blocks`; only `/` to `/`. */
export function isWithin(pathname: string, place: string): boolean {
  if (place === "/") return pathname === "/";
  return (
    pathname === place || pathname.startsWith(`${place}/`) || (place === "/models" && pathname === "/compare")
  );
}
