// Chinese for editors: a translate module for those that ask for one, and a reader of labels for those that do not.
export function chineseModule(dictionary) {
  const translate = (template, replacements = {}) =>
    (dictionary[template] ?? template).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
  return { translate: ["value", translate] };
}

const ATTRIBUTES = ["title", "placeholder", "aria-label", "data-label"];

/** Translates what the library writes in English, now and whenever it writes again; what people typed is not touched. */
export function translateLabels(root, dictionary) {
  const one = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest("[contenteditable=true], textarea, .fjs-form-field-text, .cm-editor")) return;
      const wanted = dictionary[node.data.trim()];
      if (wanted) node.data = node.data.replace(node.data.trim(), wanted);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of ATTRIBUTES) {
      const wanted = dictionary[node.getAttribute(name)?.trim()];
      if (wanted) node.setAttribute(name, wanted);
    }
    node.childNodes.forEach(one);
  };
  one(root);
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(one);
      else one(record.target);
    }
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  return observer;
}
