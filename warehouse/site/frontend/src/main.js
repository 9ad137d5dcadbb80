// The page for SQL in the browser. Nothing that is typed here leaves the browser.
import { showAnswer } from "./answer.js";
import { showDictionary } from "./dictionary.js";
import { insertText, makeEditor, setText } from "./editor.js";
import { Engine, Told } from "./engine.js";

const MOST_ROWS = 50_000;
const by = (id) => document.getElementById(id);
const run = by("run");
const cancel = by("cancel");
const told = by("told");
const wrong = by("wrong");

const facts = await (await fetch("page.json")).json();
const isWide = window.matchMedia("(min-width: 64rem)").matches;
// Before the editor measures its lines.
by("ask").hidden = false;
by("dictionary").hidden = false;
by("ready").open = isWide;
const page = { facts, most: MOST_ROWS, question: "" };
const editor = makeEditor(by("editor"), {
  tables: facts.tables,
  label: "SQL",
  describedBy: by("keys").textContent,
  onRun: () => start(),
});
showDictionary(by("tables"), by("filter"), by("filtered"), facts.schemas, facts.tables, {
  pages: "../data/dictionary/",
  isWide,
  onName: (name) => insertText(editor, name),
});
const engine = new Engine(facts.paths, facts.bytes, (part, loaded, total) => {
  told.textContent = `Fetching the ${part}: ${megabytes(loaded)} of ${megabytes(total)} MB`;
});
let runs = 0; // ended, of this visit
let state = "new"; // "new", "starting", "ready", "running"

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const sqlOf = () => editor.state.doc.toString().trim();
const inAddress = () => new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
const addressOf = (text) => `#${new URLSearchParams({ q: text })}`;

function show(next) {
  state = by("ask").dataset.state = next;
  run.disabled = next === "starting" || next === "running";
  cancel.hidden = next !== "running";
  if (next === "ready") run.textContent = "Run";
}

function showError(error) {
  by("answer").hidden = true;
  wrong.hidden = false;
  wrong.querySelector("p").textContent = inWords(error);
  told.textContent = "";
}

function inWords(error) {
  if (error instanceof Told) return error.message;
  const text = String(error?.message ?? error);
  if (/NetworkError|Failed to fetch|Load failed|Range request/.test(text)) {
    return "A part of the file could not be fetched. Look at the connection, then run it again.";
  }
  if (/Extension|extension/.test(text)) return `${text.split("\n")[0]} Extensions are not loaded here, because they come from another host.`;
  return text;
}

async function start() {
  if (state === "starting" || state === "running") return;
  const text = sqlOf();
  wrong.hidden = true;
  if (!text) return showError(new Told("There is no SQL in the editor."));
  if (state === "new") {
    show("starting");
    told.textContent = "Starting…";
    try {
      await engine.start();
    } catch (error) {
      show("new");
      return showError(error);
    }
    by("size").textContent = engine.usesRanges
      ? "The engine is loaded. Of the database, the parts that a question needs are fetched."
      : "The engine and the whole database are loaded: this server does not send parts of a file.";
  }
  show("running");
  told.textContent = "Running…";
  history.replaceState(null, "", addressOf(text));
  const before = performance.now();
  try {
    const answer = await engine.run(text, MOST_ROWS);
    told.textContent = showAnswer(by("answer"), answer, text, (performance.now() - before) / 1000, page);
    by("ready").open = false;
  } catch (error) {
    showError(error);
  } finally {
    by("ask").dataset.runs = ++runs;
    show("ready");
  }
}

function takeFromAddress() {
  const asked = inAddress();
  if (!asked || asked === sqlOf()) return false;
  setText(editor, asked);
  return true;
}

run.addEventListener("click", start);
cancel.addEventListener("click", () => {
  cancel.hidden = true;
  told.textContent = "Cancelling…";
  engine.cancel();
});
by("copy").addEventListener("click", async () => {
  history.replaceState(null, "", addressOf(sqlOf()));
  try {
    await navigator.clipboard.writeText(location.href);
    told.textContent = "The link to this question is copied.";
  } catch {
    told.textContent = "The address of this page is now the link to this question.";
  }
});
// A ready question, or another address: where the engine runs already, the answer follows at once.
window.addEventListener("hashchange", () => {
  if (!takeFromAddress()) return;
  if (state === "ready") start();
  by("ask").scrollIntoView({ block: "start" });
  editor.focus();
});
if (!takeFromAddress() && !sqlOf()) setText(editor, facts.first);
show("new");
