// Small comforts; every page works without them.
"use strict";

// Ctrl+Enter runs a query.
const query = document.querySelector("textarea#query");
if (query) {
  document.querySelectorAll("[data-shortcut]").forEach((hint) => { hint.hidden = false; });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      query.form.requestSubmit();
    }
  });
}

// A slash goes to the search box, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("input[type=search]");
  if (box) { event.preventDefault(); box.focus(); }
});

// A click on a checksum or a name in the graph selects all of it.
document.querySelectorAll("code.checksum, p.iri code").forEach((code) => {
  code.addEventListener("click", () => getSelection().selectAllChildren(code));
});
