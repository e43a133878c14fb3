/** Every word that the operator's page says of keys. */

export const keyTexts = {
  key: "Key…",
  keyOf: (name: string) => `Key of ${name}`,
  isKeyed: "Something of its picture is see-through",
  title: (name: string) => `Key of ${name}`,
  everywhere: "It holds in every scene and in the multiview, which shows it as soon as it is set.",
  onAir: "It is on air.",
  kind: "What is see-through",
  kinds: { none: "Nothing", chroma: "A colour", luma: "What is dark or bright" },
  color: "Colour",
  tolerance: "Tolerance",
  softness: "Softness",
  spill: "Less of its light on what stays",
  low: "See-through up to",
  high: "Opaque from",
  invert: "The other way round",
  invertHint: "What is bright is see-through, and what is dark stays.",
  set: "Set",
  isSet: "It is set.",
  overtaken: "Somebody else has changed this key meanwhile. Setting puts yours in its place.",
  close: "Close",
};
