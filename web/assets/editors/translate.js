// Chinese for editors: a translate module for those that ask for one, and a reader of labels for those that do not.
import { patterns } from "./zh_shared.js";

export function chineseModule(dictionary) {
  const translate = (template, replacements = {}) =>
    (dictionary[template] ?? template).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
  return { translate: ["value", translate] };
}

const ATTRIBUTES = ["title", "placeholder", "aria-label", "data-label"];

function said(dictionary, text) {
  const plain = text?.trim();
  if (!plain) return undefined;
  if (Object.hasOwn(dictionary, plain)) return dictionary[plain];
  for (const [shape, speak] of patterns) {
    const found = shape.exec(plain);
    if (found) return speak(found[1], (name) => dictionary[name] ?? name);
  }
  return undefined;
}

/** Translates what the library writes in English, now and whenever it writes again; what people typed is not touched. */
export function translateLabels(root, dictionary) {
  const one = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest("[contenteditable=true], textarea, .cm-editor, .djs-visual, .bio-properties-panel-header-label, .bio-properties-panel-collapsible-entry-header-title, .fjs-children label, .fjs-form-field-text p, td.input-cell, td.output-cell, td.annotation-cell")) return;
      const wanted = said(dictionary, node.data);
      if (wanted && wanted !== node.data.trim()) node.data = node.data.replace(node.data.trim(), () => wanted);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of ATTRIBUTES) {
      const wanted = said(dictionary, node.getAttribute(name));
      if (wanted && wanted !== node.getAttribute(name)) node.setAttribute(name, wanted);
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
