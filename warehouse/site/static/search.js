// Search of organisations by name, former name or code. Without it, the list from A to Z below the form serves.
// The rule is that of warehouse/asking/organisations.py; a test holds the two together.
(() => {
  "use strict";
  const form = document.querySelector("form.search");
  if (!form) return;
  const field = form.querySelector("input");
  const found = document.getElementById("found");
  const told = document.getElementById("told");
  let index = null;

  // "Guy's and St. Thomas'" -> "guys and st thomas"
  const plain = (text) => text.toLowerCase().replace(/['’.]/g, "").replace(/&/g, " and ").replace(/[^a-z0-9]+/g, " ").trim();

  // The index is asked for once, however many keys are pressed before it has arrived.
  const load = () => {
    index ??= fetch(form.dataset.index).then((answer) => answer.json()).then((rows) => rows.map(
      ([code, name, kind, others]) => ({
        code, name, kind, others,
        words: [plain(name), ...others.map(plain), code.toLowerCase()].map((text) => " " + text),
      })));
    return index;
  };

  // How well an organisation fits: each word asked for must begin a word of one of its names; its own name counts most.
  const fit = (entry, words) => {
    let best = 0;
    entry.words.forEach((text, place) => {
      if (!words.every((word) => text.includes(" " + word))) return;
      const start = text.startsWith(" " + words[0]) ? 2 : 1;
      best = Math.max(best, (place === 0 ? 10 : 5) + start);
    });
    return best;
  };

  const show = async () => {
    const entries = await load();
    const asked = plain(field.value);
    found.replaceChildren();
    if (asked.length < 2) { told.textContent = ""; return; }
    const words = asked.split(" ");
    const exact = entries.filter((entry) => entry.code.toLowerCase() === field.value.trim().toLowerCase());
    const hits = exact.length ? exact.map((entry) => [1, entry]) : entries
      .map((entry) => [fit(entry, words), entry])
      .filter(([score]) => score > 0)
      .sort(([a, one], [b, other]) => b - a || one.name.localeCompare(other.name));
    told.textContent = hits.length === 0
      ? `No trust or board is found for “${field.value}”. The list below has them all.`
      : `${hits.length} found`;
    for (const [, entry] of hits.slice(0, 12)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = form.dataset.pages + entry.code.toLowerCase() + "/";
      link.textContent = entry.name;
      const former = entry.others.find((name) => words.every((word) => (" " + plain(name)).includes(" " + word)));
      const own = words.every((word) => (" " + plain(entry.name)).includes(" " + word));
      item.append(link, ` ${entry.code}, ${entry.kind}` + (former && !own ? `, formerly ${former}` : ""));
      found.append(item);
    }
    return hits;
  };

  field.addEventListener("focus", load, { once: true });
  field.addEventListener("input", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const hits = await show();
    if (hits && hits.length === 1) found.querySelector("a").click();
    else if (hits && hits.length) found.querySelector("a").focus();
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) { field.value = asked; show(); }
})();
