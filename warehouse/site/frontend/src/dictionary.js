// The dictionary beside the editor: tables by schema with their columns, filtered by what is typed.

// `pages`: address of the dictionary's pages; `onName(name)` is called with the name that a person chose.
export function showDictionary(place, field, told, schemas, tables, { pages, onName }) {
  const entries = tables.map((table) => ({ table, node: entryOf(table, pages, onName), words: wordsOf(table) }));
  for (const [schema, about] of Object.entries(schemas)) {
    const section = document.createElement("section");
    const own = entries.filter(({ table }) => table.name.startsWith(`${schema}.`));
    section.append(element("h3", schema), element("p", about, "note"), ...own.map(({ node }) => node));
    place.append(section);
  }
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { node, words: own } of entries) {
      node.hidden = !words.every((word) => own.includes(word));
      found += node.hidden ? 0 : 1;
    }
    for (const section of place.children) section.hidden = [...section.querySelectorAll("details")].every((each) => each.hidden);
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
