import { clsx, type ClassValue } from "clsx";
import { twMerge } from "tailwind-merge";

/** Joins class names; of two utilities for one thing the later wins. */
export function cx(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
