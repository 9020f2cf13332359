// What columns of tables are called: dmn-js shows and edits a clause's label. For English readers its English
// (`names:label-en`) stands there, and both are written back where they belong before a file is saved.
const ENGLISH = "names:label-en";

/** Shows the headings of tables in the reader's language; a column that has no English keeps its label. */
export function keepHeadings(editor, locale) {
  if (locale !== "en") return;
  const written = new Map();
  let definitions = null;
  const show = () =>
    each(definitions, (clause) => {
      const english = clause.$attrs[ENGLISH];
      if (!english) return;
      written.set(clause, clause.label);
      clause.label = english;
    });
  const keep = () => {
    for (const [clause, label] of written) {
      if (clause.label) clause.$attrs[ENGLISH] = clause.label;
      else delete clause.$attrs[ENGLISH];
      clause.label = label;
    }
    written.clear();
  };
  editor.on("import.parse.complete", ({ definitions: read }) => {
    written.clear();
    definitions = read;
    if (definitions) show();
  });
  editor.on("saveXML.start", keep);
  editor.on("saveXML.done", show);
}

function each(definitions, visit) {
  for (const { decisionLogic: table } of definitions.drgElement || []) {
    for (const clause of [...(table?.input || []), ...(table?.output || [])]) visit(clause);
  }
}
