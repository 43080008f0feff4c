import { z } from "zod";
import { none, page, pageQuery } from "../../../wire/common.ts";
import { defineRoute } from "../../../wire/route.ts";

/** A list for the gallery; its test serves it. */
export const getRows = defineRoute({
  path: "/api/gallery",
  tag: "gallery",
  summary: "Rows of the gallery",
  params: none,
  query: pageQuery,
  answer: page(z.object({ id: z.int(), name: z.string(), amount: z.string() })),
});
