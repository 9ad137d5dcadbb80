// The answer as CSV and XLSX.
import writeExcelFile from "write-excel-file/universal";

// A program such as Excel runs text that begins like this as a formula when it opens a CSV.
const FORMULA = /^[=+\-@\t\r]/;

// UTF-8 with a mark at its beginning, by which Excel knows the encoding; lines end as RFC 4180 says.
export function asCsv({ columns, rows }) {
  const lines = [columns.map((column) => csvText(column.name)), ...rows.map((row) => row.map((value, place) => csvCell(value, columns[place].kind)))];
  return new Blob(["\ufeff", lines.map((cells) => `${cells.join(",")}\r\n`).join("")], { type: "text/csv;charset=utf-8" });
}

const csvCell = (value, kind) => (value === null ? "" : typeof value === "string" && kind !== "number" ? csvText(value) : String(value));

function csvText(text) {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// Two sheets: the answer, and what it is. Text stays text, so that a code such as 5E1 is no number.
export async function asXlsx({ columns, rows }, about) {
  const header = columns.map((column) => ({ value: column.name, type: String, fontWeight: "bold" }));
  const answer = [header, ...rows.map((row) => row.map((value, place) => xlsxCell(value, columns[place].kind)))];
  const notes = about.map((line) => line.map((text) => ({ value: text, type: String, wrap: true, alignVertical: "top" })));
  return writeExcelFile([
    { data: answer, sheet: "Answer", columns: columns.map(({ name }) => ({ width: Math.max(12, name.length + 2) })), stickyRowsCount: 1 },
    { data: notes, sheet: "About", columns: [{ width: 18 }, { width: 100 }] },
  ]).toBlob();
}

const MOST_CHARACTERS = 32767; // of an Excel cell

function xlsxCell(value, kind) {
  if (value === null || value === "") return null;
  if (typeof value === "number") return { value, type: Number };
  if (typeof value === "boolean") return { value, type: Boolean };
  if (kind === "date" && value >= "1900-03-01") return { value: new Date(`${value}T00:00:00Z`), type: Date, format: "yyyy-mm-dd" };
  return { value: String(value).slice(0, MOST_CHARACTERS), type: String };
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
