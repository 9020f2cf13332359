// What rules note: dmn-js shows and edits a rule's description, and a table that has annotation clauses keeps its notes in
// their entries. Here the first clause, for English readers its English (`X:en`), is that column; the others stay untouched.

/** Shows the notes of tables in the column of the editor, and writes them back where they belong before a file is saved. */
export function keepNotes(editor, locale) {
  const apart = new WeakSet();
  let definitions = null;
  const show = () =>
    each(definitions, locale, (rule, place) => {
      const noted = note(rule, place);
      if (noted && rule.description) apart.add(rule);
      else if (noted) rule.description = noted;
    });
  const keep = () =>
    each(definitions, locale, (rule, place, count) => {
      const said = rule.description ?? "";
      if (apart.has(rule)) return;
      rule.description = undefined;
      if (said === note(rule, place)) return;
      const entries = rule.get("annotationEntry");
      while (entries.length < count) entries.push(Object.assign(editor._moddle.create("dmn:RuleAnnotation", { text: "" }), { $parent: rule }));
      entries[entries[0].text ? place : 0].text = said; // English alone would be the English of nothing
    });
  editor.on("import.parse.complete", ({ definitions: read }) => {
    definitions = read;
    if (definitions) show();
  });
  editor.on("saveXML.start", keep);
  editor.on("saveXML.done", show);
}

function note(rule, place) {
  const entries = rule.annotationEntry || [];
  return entries[place]?.text || entries[0]?.text || "";
}

function each(definitions, locale, visit) {
  for (const { decisionLogic: table } of definitions.drgElement || []) {
    const clauses = (table?.annotation || []).map((clause) => clause.name || "");
    const english = locale === "en" ? clauses.indexOf(`${clauses[0]}:en`) : -1;
    if (clauses.length) for (const rule of table.rule || []) visit(rule, Math.max(english, 0), clauses.length);
  }
}
