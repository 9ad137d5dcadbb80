// A small chart of an answer: bars for names, lines for dates, in SVG without styles of its own.
import { shown } from "./values.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_BARS = 40;
const MOST_LINES = 8;
const WIDTH = 640;
const PALETTE = ["#d55e00", "#2b7bba", "#00875f", "#8a63b5", "#b8548b", "#a5720a", "#737b83"];

// Columns a chart can show: figures, and what they can stand beside, the likeliest first.
export function choices({ columns, rows }) {
  const named = columns.map((column, place) => ({ ...column, place }));
  const figures = named.filter((each) => each.kind === "number" && rows.some((row) => typeof row[each.place] === "number"));
  const labels = named.filter((each) => !figures.includes(each) && new Set(rows.map((row) => row[each.place])).size > 1);
  const names = (each) => new Set(rows.map((row) => row[each.place]).filter((value) => value !== null)).size === rows.length;
  const rank = (each) => (isTime(each) ? 0 : names(each) ? 1 : 2);
  return { figures, labels: labels.sort((one, other) => rank(one) - rank(other)) };
}

const amount = (value) => shown(value, "number", Math.abs(value) < 100 ? 2 : 0);

// Round values from below `low` to above `high`, in steps of 1, 2 or 5 times a power of ten.
function ticks(low, high) {
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, place) => (first + place) * step);
}

const isTime = (column) => column.kind === "date" || column.kind === "time";

// {element, note}: the SVG and what to know of it in words. `colours`: colour by group.
export function draw(answer, figure, label, colours) {
  const points = answer.rows.filter((row) => typeof row[figure.place] === "number" && row[label.place] !== null);
  return isTime(label) ? lines(answer, points, figure, label, colours) : bars(answer, points, figure, label, colours);
}

function bars(answer, points, figure, label, colours) {
  const drawn = points.slice(0, MOST_BARS);
  const names = drawn.map((row) => nameOf(answer, drawn, row, label));
  const values = drawn.map((row) => row[figure.place]);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const [left, right, step] = [230, WIDTH - 80, 24];
  const scale = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const svg = canvas(drawn.length * step + 8, `Bar chart of ${figure.name} by ${label.name}, ${drawn.length} bars.`);
  drawn.forEach((row, place) => {
    const y = place * step + 4;
    const [from, to] = [scale(Math.min(0, values[place])), scale(Math.max(0, values[place]))];
    svg.append(
      text(shortened(names[place]), { x: left - 8, y: y + 14, "text-anchor": "end" }, names[place]),
      make("rect", { x: from, y, width: Math.max(1, to - from), height: step - 6, fill: colours[names[place]] ?? PALETTE[1] }),
      text(amount(values[place]), { x: to + 6, y: y + 14 }),
    );
  });
  svg.append(make("line", { x1: scale(0), x2: scale(0), y1: 0, y2: drawn.length * step + 4, stroke: "currentColor" }));
  return { element: svg, note: points.length > MOST_BARS ? `The first ${MOST_BARS} of ${points.length} rows are drawn.` : "" };
}

function lines(answer, points, figure, label, colours) {
  const by = groupColumn(answer, points, label);
  const groups = Map.groupBy ? Map.groupBy(points, (row) => (by ? row[by.place] ?? "" : "")) : grouped(points, by);
  const drawn = [...groups].slice(0, MOST_LINES);
  const all = drawn.flatMap(([, rows]) => rows);
  const times = all.map((row) => Date.parse(row[label.place]));
  const values = all.map((row) => row[figure.place]);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const marks = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [marks[0], marks.at(-1)];
  const [left, right, top, bottom] = [64, WIDTH - 170, 14, 270];
  const x = (row) => left + ((Date.parse(row[label.place]) - first) / (last - first || 1)) * (right - left);
  const y = (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const svg = canvas(300, `Line chart of ${figure.name} over ${label.name}, ${drawn.length} line${drawn.length > 1 ? "s" : ""}.`);
  for (const value of marks) {
    svg.append(
      make("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: "currentColor", "stroke-opacity": value === 0 ? 1 : 0.2 }),
      text(amount(value), { x: left - 6, y: y(value) + 4, "text-anchor": "end" }),
    );
  }
  const ends = all.length ? [all[times.indexOf(first)], all[times.indexOf(last)]] : [];
  ends.forEach((row, place) => svg.append(text(row[label.place].slice(0, 10), { x: x(row), y: bottom + 20, "text-anchor": place ? "end" : "start" })));
  const labelled = drawn.map(([name, rows], place) => {
    const sorted = [...rows].sort((one, other) => Date.parse(one[label.place]) - Date.parse(other[label.place]));
    const fill = colours[name] ?? PALETTE[place % PALETTE.length];
    const path = sorted.map((row, number) => `${number ? "L" : "M"}${x(row).toFixed(1)} ${y(row[figure.place]).toFixed(1)}`).join("");
    svg.append(make("path", { d: path, fill: "none", stroke: fill, "stroke-width": 2.5 }));
    const value = sorted.at(-1)[figure.place];
    if (sorted.length === 1) svg.append(make("circle", { cx: x(sorted[0]), cy: y(value), r: 4, fill }));
    return { name, value };
  });
  let free = top;
  for (const { name, value } of labelled.sort((one, other) => other.value - one.value)) {
    const height = Math.max(free, y(value) + 4);
    free = height + 15;
    svg.append(text(shortened(`${name} ${amount(value)}`.trim(), 24), { x: right + 6, y: height }, name));
  }
  return { element: svg, note: groups.size > MOST_LINES ? `The first ${MOST_LINES} of ${groups.size} groups are drawn.` : "" };
}

// The column by which rows of one moment differ, where several share one.
function groupColumn({ columns, rows }, points, label) {
  const moments = new Set(points.map((row) => row[label.place])).size;
  if (moments === points.length) return null;
  const candidates = columns.map((column, place) => ({ ...column, place })).filter((each) => each.kind === "text" && each.place !== label.place);
  return candidates.find((each) => new Set(rows.map((row) => row[each.place])).size > 1) ?? null;
}

function grouped(points, by) {
  const groups = new Map();
  for (const row of points) {
    const name = by ? row[by.place] ?? "" : "";
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

// What a bar stands for; where the label repeats, with every other text of its row that differs between rows.
function nameOf({ columns }, rows, row, label) {
  const own = `${row[label.place]}`;
  if (rows.filter((other) => other[label.place] === row[label.place]).length === 1) return own;
  const others = columns
    .map((column, place) => ({ ...column, place }))
    .filter((each) => each.kind !== "number" && each.place !== label.place && new Set(rows.map((other) => other[each.place])).size > 1)
    .map((each) => row[each.place])
    .filter((value) => value !== null);
  return [own, ...others].join(", ");
}

const shortened = (words, most = 32) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

function canvas(height, words) {
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": words });
  svg.classList.add("answer-chart");
  return svg;
}

function make(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function text(words, attributes, whole = words) {
  const node = make("text", { "font-size": 13, fill: "currentColor", ...attributes });
  node.textContent = words;
  if (whole !== words) {
    const title = make("title", {});
    title.textContent = whole;
    node.append(title);
  }
  return node;
}
