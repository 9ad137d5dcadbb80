// An answer on the page: what it is, table, chart, downloads.
import { choices, draw } from "./chart.js";
import { asCsv, asXlsx, save } from "./downloads.js";
import { shown } from "./values.js";

const MOST_SHOWN = 500;
const SHORT = 24; // characters of a text that stays on one line

// Fills `section` and returns in words what came. `page`: its facts and the most rows that are kept.
export function showAnswer(section, answer, sql, seconds, page) {
  const { columns, rows, isWhole } = answer;
  const words = `${rows.length.toLocaleString("en-GB")} row${rows.length === 1 ? "" : "s"} in ${seconds.toFixed(1)} seconds.`;
  const limits = [];
  if (!isWhole) {
    limits.push(`There are more rows: the first ${page.most.toLocaleString("en-GB")} are kept. Use WHERE or LIMIT, or take the whole table from the data page.`);
  }
  if (rows.length > MOST_SHOWN) limits.push(`The first ${MOST_SHOWN} rows are shown; the downloads hold all that are kept.`);
  find(section, "words").textContent = words;
  find(section, "limits").textContent = limits.join(" ");
  find(section, "sql").textContent = sql;
  const ready = page.facts.questions.find((each) => each.sql === sql);
  find(section, "title").textContent = ready?.title ?? "";
  find(section, "caveat").textContent = ready?.caveat ?? "";
  find(section, "caveat").hidden = !ready?.caveat;
  fillTable(section.querySelector("table"), columns, rows.slice(0, MOST_SHOWN));
  fillChart(find(section, "chart"), answer, page.facts.colours);
  const about = aboutLines(sql, words, limits, ready, page.facts);
  const name = `workforce-answer${page.facts.illustrative ? "-illustrative" : ""}`;
  find(section, "csv").onclick = () => save(asCsv(answer), `${name}.csv`);
  find(section, "xlsx").onclick = async () => save(await asXlsx(answer, about), `${name}.xlsx`);
  section.hidden = false;
  return [words, ...limits].join(" ");
}

const find = (section, part) => section.querySelector(`[data-part=${part}]`);

function aboutLines(sql, words, limits, ready, facts) {
  return [
    ...(facts.illustrative ? [["Illustrative", "These figures are made up for a trial. They are not statistics."]] : []),
    ...(ready ? [["Question", ready.title], ["Caveat", ready.caveat]] : []),
    ["Release", facts.release],
    ["Rows", [words, ...limits].join(" ")],
    ["SQL", sql],
    ["Address", location.href],
    ["Licence", "Contains public sector information licensed under the Open Government Licence v3.0; licence and attribution of each series are on the data page."],
  ];
}

function fillTable(table, columns, rows) {
  const head = document.createElement("tr");
  head.append(...columns.map((column) => cell("th", column.name, column.kind, { scope: "col" })));
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((value, place) => cell("td", shown(value, columns[place].kind), columns[place].kind)));
    return line;
  }));
}

function cell(name, text, kind, attributes = {}) {
  const node = document.createElement(name);
  node.textContent = text;
  if (kind === "number") node.className = "n";
  else if (text.length <= SHORT) node.className = "short";
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function fillChart(place, answer, colours) {
  const { figures, labels } = choices(answer);
  place.hidden = !figures.length || !labels.length;
  if (place.hidden) return;
  const [figure, label] = ["figure", "label"].map((part) => find(place, part));
  const options = (columns) => columns.map((column) => new Option(column.name, column.place));
  figure.replaceChildren(...options(figures));
  label.replaceChildren(...options(labels));
  const drawAgain = () => {
    const chosen = (list, field) => list.find((column) => column.place === Number(field.value));
    const { element, note } = draw(answer, chosen(figures, figure), chosen(labels, label), colours);
    find(place, "drawn").replaceChildren(element);
    find(place, "drawn-note").textContent = note;
  };
  figure.onchange = label.onchange = drawAgain;
  drawAgain();
}
