// Offers what the house knows (posts, forms, decisions, handlers, processes) in the fields of the properties panel.
const FIELDS = {
  assignmentDefinitionCandidateGroups: "groups",
  formId: "forms",
  decisionId: "decisions",
  taskDefinitionType: "handlers",
  targetProcessId: "processes",
};

export function choicesModule(catalogue) {
  function Choices(eventBus, propertiesPanel) {
    const lists = document.createElement("div");
    for (const kind of new Set(Object.values(FIELDS))) lists.append(listOf(kind, catalogue[kind] || []));
    const offer = (root) => {
      for (const [entry, kind] of Object.entries(FIELDS)) {
        for (const input of root.querySelectorAll(`[data-entry-id="${entry}"] input[type=text]`)) input.setAttribute("list", `choices-${kind}`);
      }
    };
    let observer;
    eventBus.on("propertiesPanel.attach", () => {
      const panel = propertiesPanel._container;
      panel.after(lists);
      observer = new MutationObserver(() => offer(panel));
      observer.observe(panel, { subtree: true, childList: true });
    });
    eventBus.on("diagram.destroy", () => {
      observer?.disconnect();
      lists.remove();
    });
  }
  Choices.$inject = ["eventBus", "propertiesPanel"];
  return { __init__: ["choices"], choices: ["type", Choices] };
}

function listOf(kind, entries) {
  const list = document.createElement("datalist");
  list.id = `choices-${kind}`;
  for (const [value, label] of entries) list.append(new Option(label === value ? "" : label, value));
  return list;
}
