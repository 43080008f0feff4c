import {
  ArrowLeftRight,
  Blocks,
  Boxes,
  Coins,
  Cpu,
  Droplets,
  FlaskConical,
  Gavel,
  Handshake,
  House,
  Landmark,
  ScrollText,
  Send,
  ShieldCheck,
  SlidersHorizontal,
  Store,
  Timer,
  Trophy,
  type LucideIcon,
} from "lucide-react";

export interface Place {
  to: string;
  name: string;
  icon: LucideIcon;
  /** What one finds there, in a few words. */
  about: string;
  /** A document of its own, to be loaded whole. */
  document?: boolean;
}

export interface PlaceGroup {
  /** Empty for the places that need no heading. */
  name: string;
  places: readonly Place[];
}

/** Everywhere one can go without knowing a name, grouped by what people come for. */
export const PLACES: readonly PlaceGroup[] = [
  {
    name: "",
    places: [
      { to: "/", name: "Home", icon: House, about: "What is going on now" },
      {
        to: "/play",
        name: "Try it",
        icon: FlaskConical,
        about: "Playground: ask a model, check its answer",
        document: true,
      },
    ],
  },
  {
    name: "Measuring",
    places: [
      { to: "/arenas", name: "Arenas", icon: Trophy, about: "Tasks in which models compete" },
      { to: "/models", name: "Models", icon: Cpu, about: "Every model with its score" },
      {
        to: "/epochs",
        name: "Epochs",
        icon: Timer,
        about: "Rounds of measuring, with every recorded answer",
      },
      {
        to: "/scorers",
        name: "Scorers",
        icon: ShieldCheck,
        about: "Who runs the models and records answers",
      },
      { to: "/sponsors", name: "Sponsors", icon: Handshake, about: "Who brings the hidden data" },
      { to: "/convictions", name: "Convictions", icon: Gavel, about: "Wrong records that were found" },
    ],
  },
  {
    name: "Market",
    places: [
      { to: "/services", name: "Services", icon: Store, about: "Models one can buy answers from" },
      { to: "/channels", name: "Channels", icon: ArrowLeftRight, about: "Deposits that pay for answers" },
      { to: "/transact", name: "Transact", icon: Send, about: "Send, stake, vote, list a service" },
      { to: "/faucet", name: "Faucet", icon: Droplets, about: "Free coins of a test network" },
    ],
  },
  {
    name: "Chain",
    places: [
      { to: "/blocks", name: "Blocks", icon: Boxes, about: "Newest blocks" },
      { to: "/txs", name: "Transactions", icon: ScrollText, about: "Newest transactions" },
      { to: "/validators", name: "Validators", icon: Blocks, about: "Who makes the blocks, and stake" },
      { to: "/governance", name: "Governance", icon: Landmark, about: "Proposals and votes" },
      { to: "/supply", name: "Supply", icon: Coins, about: "Coins minted, burned and staked" },
      { to: "/params", name: "Parameters", icon: SlidersHorizontal, about: "The rules, with what they mean" },
    ],
  },
];
