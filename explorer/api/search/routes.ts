import { getSearch } from "../../wire/search.ts";
import { serve, type Route } from "../http/route.ts";
import { find } from "./search.ts";

export const searchRoutes: readonly Route[] = [
  serve(getSearch, async (context, { query }) => ({ items: await find(context, query.q) })),
];
