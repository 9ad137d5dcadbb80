// The SQL editor: CodeMirror with completion of the warehouse's tables and columns.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The words of DuckDB's SELECT; those of other statements are of no use here.
const DUCKDB = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `all and anti any array as asc asof between by case cast collate cross cube current_date desc describe distinct
    else end escape except exclude exists extract false filter first following from full group grouping having ignore ilike
    in inner intersect interval is join last lateral left like limit materialized natural not null nulls offset on or order
    outer over partition pivot positional preceding qualify range recursive replace respect right rollup row rows sample
    select semi sets show similar some summarize table tablesample then ties to true try_cast unbounded union unpivot using
    values when where window with within`.replaceAll(/\s+/g, " "),
  types: "bigint boolean date decimal double float hugeint integer interval time timestamp varchar",
  builtin: "",
});

// Colours are the page's own variables, which also hold inside the shadow tree.
const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--ground)", border: "2px solid var(--soft)", borderRadius: "3px", fontSize: "0.95rem" },
  "&.cm-focused": { outline: "3px solid var(--warn-rule)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace", lineHeight: "1.5", maxHeight: "26rem" },
  ".cm-content": { minHeight: "9rem", padding: "0.6rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select)" },
  ".cm-gutters": { backgroundColor: "var(--tint)", color: "var(--soft)", borderRight: "1px solid var(--rule)" },
  ".cm-tooltip": { backgroundColor: "var(--tint)", color: "var(--ink)", border: "1px solid var(--soft)", fontFamily: "var(--sans)", maxWidth: "min(36rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "14rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--ground)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal" },
  ".cm-completionInfo": { padding: "0.4rem 0.6rem", maxWidth: "20rem" },
  ".cm-matchingBracket": { backgroundColor: "var(--select)", outline: "1px solid var(--soft)" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--text-in-sql)" },
  { tag: tags.number, color: "var(--number-in-sql)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--soft)", fontStyle: "italic" },
]);

// Puts an editor into a shadow tree of `host`, whose style sheets a strict Content-Security-Policy allows.
export function makeEditor(host, { tables, label, describedBy, onRun }) {
  const root = host.attachShadow({ mode: "open" });
  const described = document.createElement("p");
  described.id = "help";
  described.hidden = true;
  described.textContent = describedBy;
  root.append(described);
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        sql({ dialect: DUCKDB, schema: namespace(tables), upperCaseKeywords: true }),
        DUCKDB.language.data.of({ autocomplete: (context) => columnsOfNamedTables(context, tables) }),
        syntaxHighlighting(COLOURS),
        THEME,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "help", spellcheck: "false", tabindex: "0" }),
        // Tab is left to the browser, so that it moves on from the editor.
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { onRun(); return true; } }])),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, { key: "Mod-.", run: acceptCompletion }]),
      ],
    }),
  });
}

// {schema: {table: columns}} with descriptions, as lang-sql wants it.
function namespace(tables) {
  const schemas = {};
  for (const table of tables) {
    const [schema, name] = table.name.split(".");
    (schemas[schema] ??= {})[name] = {
      self: { label: name, type: "class", info: table.about },
      children: table.columns.map(completion),
    };
  }
  return schemas;
}

const completion = ([label, type, info]) => ({ label, type: "property", detail: type.toLowerCase(), info: info || undefined });

// Columns of every table that the statement names, wherever a word may be one.
function columnsOfNamedTables(context, tables) {
  const word = context.matchBefore(/\w+$/);
  if (!word && !context.explicit) return null;
  if (context.matchBefore(/\.\w*$/)) return null;
  const text = context.state.doc.toString();
  const named = tables.filter((table) => new RegExp(`\\b${table.name.replace(".", "\\.")}\\b`).test(text));
  const options = new Map(named.flatMap((table) => table.columns).map((column) => [column[0], completion(column)]));
  return { from: word ? word.from : context.pos, options: [...options.values()], validFor: /^\w*$/ };
}

export function setText(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
}

export function insertText(view, text) {
  view.dispatch(view.state.replaceSelection(text));
  view.focus();
}
