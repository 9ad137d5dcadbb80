// Puts the address of this site into the lines for other tools, where it was not known when the pages were written.
(() => {
  "use strict";
  const base = new URL("..", document.currentScript.src).href;
  for (const code of document.querySelectorAll("code.addressed")) {
    code.textContent = code.textContent.replaceAll("https://…/", base);
  }
})();
