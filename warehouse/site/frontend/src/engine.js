// DuckDB in a worker of this page: fetches the engine, opens the published file, runs one statement at a time.
import { AsyncDuckDB, DuckDBDataProtocol, VoidLogger } from "@duckdb/duckdb-wasm/dist/duckdb-browser.mjs";
import { columnOf } from "./values.js";

const FILE = "workforce.duckdb";
const CANCEL_MILLISECONDS = 1500;

// An error in words for the visitor, where the browser's own message would not help.
export class Told extends Error {}

export class Engine {
  // `paths`: addresses of worker, wasm and database; `bytes`: of the last two; `onProgress(part, loaded, total)`.
  constructor(paths, bytes, onProgress) {
    this.paths = paths;
    this.bytes = bytes;
    this.onProgress = onProgress;
    this.usesRanges = null;
  }

  async start() {
    if (!("DecompressionStream" in window) || !("WebAssembly" in window)) {
      throw new Told("This browser is too old for it. It needs Chrome or Edge 95, Firefox 113, Safari 16.4 or newer.");
    }
    this.wasm ??= URL.createObjectURL(await this.#engineBinary());
    this.usesRanges ??= await this.#hasRanges();
    if (!this.usesRanges) this.file ??= await fetched(this.paths.database, this.bytes.database, this.#told("database"));
    await this.#open();
  }

  // The engine is stored compressed; a server may have undone that already.
  async #engineBinary() {
    const blob = await fetched(this.paths.wasm, this.bytes.wasm, this.#told("engine"));
    const start = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
    const isCompressed = start[0] === 0x1f && start[1] === 0x8b;
    const stream = isCompressed ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob.stream();
    return new Response(stream, { headers: { "Content-Type": "application/wasm" } }).blob();
  }

  // DuckDB asks for parts of the file where a HEAD request with a range is answered with 206 and the whole length.
  async #hasRanges() {
    const answer = await fetch(this.paths.database, { method: "HEAD", headers: { Range: "bytes=0-" } });
    if (!answer.ok) throw missing(answer);
    await answer.arrayBuffer();
    return answer.status === 206 && Number(answer.headers.get("Content-Length")) === this.bytes.database;
  }

  async #open() {
    this.worker = new Worker(this.paths.worker);
    this.db = new AsyncDuckDB(new VoidLogger(), this.worker);
    await this.db.instantiate(this.wasm);
    await this.db.open({
      filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false, forceFullHTTPReads: false },
    });
    if (this.usesRanges) {
      await this.db.registerFileURL(FILE, this.paths.database, DuckDBDataProtocol.HTTP, false);
    } else {
      await this.db.registerFileBuffer(FILE, new Uint8Array(await this.file.arrayBuffer()));
    }
    this.connection = await this.db.connect();
    for (const statement of [
      // Extensions would be loaded from another host; what is asked for by name is looked for beside the page.
      "SET autoinstall_known_extensions = false",
      "SET autoload_known_extensions = false",
      `SET custom_extension_repository = '${new URL("extensions", location.href.split("#")[0])}'`,
      `ATTACH '${FILE}' AS workforce (READ_ONLY)`,
      "USE workforce",
      "SET lock_configuration = true",
    ]) await this.connection.query(statement);
  }

  // The first `most` rows of one statement as {columns, rows, isWhole}. Throws DuckDB's error, or Told when cancelled.
  async run(sql, most) {
    this.isCancelled = false;
    const answer = this.#read(sql, most);
    this.stopped = answer.then(() => {}, () => {});
    const cancelled = new Promise((_, reject) => { this.rejectRun = reject; });
    try {
      return await Promise.race([answer, cancelled]);
    } catch (error) {
      throw this.isCancelled ? new Told("Cancelled.") : error;
    }
  }

  async #read(sql, most) {
    const reader = await (await this.connection.send(sql, true)).open();
    const columns = reader.schema.fields.map((field) => columnOf(field));
    const rows = [];
    let isWhole = true;
    for await (const batch of reader) {
      const vectors = columns.map((_, place) => batch.getChildAt(place));
      for (let row = 0; row < batch.numRows && isWhole; row++) {
        if (rows.length === most) isWhole = false;
        else rows.push(vectors.map((vector, place) => columns[place].read(vector.get(row))));
      }
      if (!isWhole) break;
    }
    if (!isWhole) await this.connection.cancelSent();
    return { columns, rows, isWhole };
  }

  // Stops the running statement; where the engine does not listen, it is stopped whole and opened again.
  async cancel() {
    this.isCancelled = true;
    await Promise.race([this.connection.cancelSent().catch(() => {}), wait(CANCEL_MILLISECONDS)]);
    const listened = await Promise.race([this.stopped.then(() => true), wait(CANCEL_MILLISECONDS)]);
    if (!listened) {
      this.worker.terminate();
      await this.#open();
    }
    this.rejectRun?.(new Told("Cancelled."));
  }

  #told(part) {
    return (loaded, total) => this.onProgress(part, loaded, total);
  }
}

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds, false); });

function missing(answer) {
  return new Told(
    answer.status === 404
      ? "The database of this release is no longer kept here. Load the page again for the newest release."
      : `The server answered ${answer.status} for ${new URL(answer.url).pathname}.`,
  );
}

// A file as a blob, with progress. Throws Told where the server does not have it.
async function fetched(address, size, onProgress) {
  const answer = await fetch(address);
  if (!answer.ok) throw missing(answer);
  const parts = [];
  let loaded = 0;
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    onProgress(loaded, size);
  }
  return new Blob(parts);
}
