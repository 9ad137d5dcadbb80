// The dictionary beside the editor: tables by schema with their columns, filtered by what is typed.

// `pages`: address of the dictionary's pages; `isWide`: whether there is room for an open list; `onName(name)` is called
// with the name that a person chose.
export function showDictionary(place, field, told, schemas, tables, { pages, isWide, onName }) {
  const entries = tables.map((table) => ({ table, node: entryOf(table, pages, onName), words: wordsOf(table) }));
  for (const [number, [schema, about]] of Object.entries(schemas).entries()) {
    const section = document.createElement("details");
    const own = entries.filter(({ table }) => table.name.startsWith(`${schema}.`));
    const summary = document.createElement("summary");
    summary.append(element("h3", `${schema} (${own.length})`));
    section.append(summary, element("p", about, "note"), ...own.map(({ node }) => node));
    section.open = number === 0 && isWide;
    place.append(section);
  }
  const openAtFirst = [...place.children].map((section) => section.open);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { node, words: own } of entries) {
      node.hidden = !words.every((word) => own.includes(word));
      found += node.hidden ? 0 : 1;
    }
    [...place.children].forEach((section, number) => {
      section.hidden = [...section.querySelectorAll("details")].every((each) => each.hidden);
      section.open = words.length ? !section.hidden : openAtFirst[number];
    });
    told.textContent = words.length ? `${found} of ${entries.length} tables have it` : "";
  });
}

const wordsOf = (table) => [table.name, table.about, ...table.columns.flat()].join(" ").toLowerCase();

// Columns are put in when the entry is opened: there are over a thousand.
function entryOf(table, pages, onName) {
  const entry = document.createElement("details");
  entry.append(element("summary", table.name.split(".")[1]));
  entry.addEventListener("toggle", () => {
    if (entry.childElementCount > 1) return;
    const list = document.createElement("dl");
    for (const [name, type, about] of table.columns) {
      const term = document.createElement("dt");
      term.append(nameButton(name, onName), ` ${type.toLowerCase()}`);
      list.append(term, element("dd", about));
    }
    const more = element("a", "Its page in the dictionary");
    more.href = `${pages}${table.name.replaceAll(/[._]/g, "-")}/`;
    const line = element("p", "", "note");
    line.append(nameButton(table.name, onName), " ", more);
    entry.append(element("p", table.about, "note"), line, list);
  });
  return entry;
}

function nameButton(name, onName) {
  const button = element("button", name, "insert");
  button.type = "button";
  button.setAttribute("aria-label", `Put ${name} into the editor`);
  button.addEventListener("click", () => onName(name));
  return button;
}

function element(name, words, kind = "") {
  const node = document.createElement(name);
  node.textContent = words;
  if (kind) node.className = kind;
  return node;
}
