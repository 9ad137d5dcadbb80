// Arrow values as plain ones: null, number, bigint, boolean, or text. Each column has a kind and a reader for it.
import { Type } from "apache-arrow";

// {name, kind, read}: kind is "number", "text", "date", "time" (a moment) or "boolean"; `read` makes a value plain.
export function columnOf(field) {
  const [kind, read] = kindOf(field.type);
  return { name: field.name, kind, read: (value) => (value === null || value === undefined ? null : read(value)) };
}

function kindOf(type) {
  switch (type.typeId) {
    case Type.Int:
      return ["number", (value) => (typeof value === "bigint" ? small(value) : value)];
    case Type.Float:
      return ["number", (value) => (Number.isFinite(value) ? value : String(value))];
    case Type.Decimal:
      return ["number", (value) => decimal(value, type.scale)];
    case Type.Bool:
      return ["boolean", Boolean];
    case Type.Date:
      return ["date", (value) => iso(value).slice(0, 10)];
    case Type.Timestamp:
      return ["time", (value) => iso(value).replace("T", " ").replace(/\.000Z$|Z$/, "")];
    case Type.Time:
      return ["text", (value) => iso(Number(value) / 10 ** (type.unit === 3 ? 6 : 3)).slice(11, 19)];
    case Type.Utf8:
    case Type.LargeUtf8:
      return ["text", String];
    case Type.Dictionary:
      return kindOf(type.dictionary);
    default:
      return ["text", nested];
  }
}

const iso = (milliseconds) => new Date(Number(milliseconds)).toISOString();

// A whole number as a number where that is exact, else as it is.
const small = (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

// 128 bits in four words, the lowest first, as a number where that is exact, else as text.
function decimal(words, scale) {
  const whole = BigInt.asIntN(128, words.reduceRight((sum, word) => (sum << 32n) + BigInt(word >>> 0), 0n));
  if (scale === 0) return small(whole);
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, "0");
  const text = `${whole < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return digits.length <= 15 ? Number(text) : text;
}

// A list of single values with commas between them; structures and what else there is as JSON.
function nested(value) {
  const parts = typeof value?.toArray === "function" ? [...value] : null;
  if (parts?.every((part) => part === null || typeof part !== "object")) return parts.filter((part) => part !== null).join(", ");
  const plain = (_, part) => (typeof part === "bigint" ? String(part) : part?.toJSON?.() ?? part);
  return typeof value === "object" ? JSON.stringify(value, plain) : String(value);
}

// A value as text for people: numbers with at most `digits` decimals, large ones with separated thousands.
export function shown(value, kind, digits = 3) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (kind !== "number" || typeof value === "string") return value;
  const options = { useGrouping: Math.abs(Number(value)) >= 10000 };
  const isSmall = value !== 0 && Math.abs(Number(value)) < 1;
  return value.toLocaleString("en-GB", { ...options, ...(isSmall ? { maximumSignificantDigits: digits } : { maximumFractionDigits: digits }) });
}
