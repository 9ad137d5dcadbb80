// Bundles the page's script into built/, with DuckDB's worker and compressed engine and the licences of all parts.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "built");
const duckdb = join(dirname(createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm")));

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const { metafile } = await build({
  entryPoints: [join(here, "src", "main.js")],
  outfile: join(out, "page.js"),
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome95", "firefox113", "safari16.4"],
  legalComments: "none",
  metafile: true,
});
const worker = readFileSync(join(duckdb, "duckdb-browser-eh.worker.js"), "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
writeFileSync(join(out, "duckdb.worker.js"), worker);
writeFileSync(join(out, "duckdb.wasm.gz"), gzipSync(readFileSync(join(duckdb, "duckdb-eh.wasm")), { level: 9 }));
writeFileSync(join(out, "licences.txt"), licences(Object.keys(metafile.inputs)));
for (const name of readdirSync(out).sort()) {
  const content = readFileSync(join(out, name));
  const sum = createHash("sha256").update(content).digest("hex").slice(0, 12);
  console.log(`${name}: ${content.length.toLocaleString("en-GB")} bytes, ${sum}`);
}

// Name, version, licence and licence text of each package that the bundle holds something of.
function licences(inputs) {
  const found = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
  return [...found].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const facts = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const author = facts.author?.name ?? facts.author ?? facts.contributors?.map((each) => each.name ?? each).join(", ") ?? "";
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `${facts.license} licence. ${author} ${facts.homepage ?? ""}`.trim();
    return `${name} ${facts.version} (${facts.license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}
