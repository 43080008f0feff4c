/** What a type is called: "/assay.poi.v1.MsgPostRows" is "Post rows", "assay.poi.v1.EventRowsPosted" "Rows posted". */
export function nameOfType(type: string): string {
  const last = type.slice(type.lastIndexOf(".") + 1);
  const words = last.replace(/^(Msg|Event)(?=[A-Z])/, "");
  return sentenceCase(words.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/_/g, " "));
}

/** The module a type belongs to: "poi", "bank". */
export function moduleOfType(type: string): string {
  const parts = type.replace(/^\//, "").split(".");
  return parts[1] ?? parts[0] ?? "";
}

/** "hot_key" is "Hot key". */
export function nameOfField(field: string): string {
  return sentenceCase(field.replace(/_/g, " "));
}

function sentenceCase(words: string): string {
  const lower = words.toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}
