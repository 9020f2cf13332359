// Opens a DMN file: its decisions as tabs, the graph first where there is more than one.
import Modeler from "dmn-js/lib/Modeler";
import NavigatedViewer from "dmn-js/lib/NavigatedViewer";
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import { keepHeadings } from "./headings.js";
import { keepNotes } from "./notes.js";
import { chineseModule, translateLabels } from "./translate.js";
import zh from "./zh_decision.js";

export async function open(host, text, { readonly, locale, changed, words }) {
  const tabs = host.appendChild(document.createElement("nav"));
  const canvas = host.appendChild(document.createElement("div"));
  tabs.className = "views";
  tabs.setAttribute("aria-label", words.decisions);
  canvas.className = "canvas decision";
  const chinese = locale === "zh_CN" ? { additionalModules: [chineseModule(zh)] } : {};
  const editor = new (readonly ? NavigatedViewer : Modeler)({
    container: canvas,
    common: { ...chinese, expressionLanguages: { options: [{ value: "feel", label: "FEEL" }], defaults: { editor: "feel" } } },
    drd: chinese,
    decisionTable: chinese,
    literalExpression: chinese,
    boxedExpression: chinese,
  });
  const observer = locale === "zh_CN" ? translateLabels(canvas, zh) : null;
  const listened = new WeakSet();
  const listen = () => {
    const viewer = editor.getActiveViewer();
    if (readonly || !viewer || listened.has(viewer)) return;
    listened.add(viewer);
    viewer.get("eventBus").on(["commandStack.changed", "elements.changed"], changed);
  };
  const draw = () => {
    const active = editor.getActiveView();
    tabs.replaceChildren(
      ...editor.getViews().map((view) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = view.element.$type === "dmn:Definitions" ? words.graph : view.name || view.id;
        if (active && view.element === active.element) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => editor.open(view));
        return button;
      }),
    );
    listen();
  };
  editor.on("views.changed", draw);
  keepHeadings(editor, locale);
  keepNotes(editor, locale);
  try {
    await editor.importXML(text);
  } catch (problem) {
    editor.destroy();
    host.replaceChildren();
    throw problem;
  }
  const views = editor.getViews();
  const tables = views.filter((view) => view.type !== "drd");
  if (tables.length === 1) await editor.open(tables[0]);
  draw();
  return {
    async text() {
      return (await editor.saveXML({ format: true })).xml;
    },
    show(id) {
      const view = editor.getViews().find((each) => each.element.id === id || contains(each.element, id));
      if (view) editor.open(view);
      return Boolean(view);
    },
    mark() {},
    destroy() {
      observer?.disconnect();
      editor.destroy();
    },
  };
}

function contains(element, id) {
  const logic = element.decisionLogic;
  return Boolean(logic && [logic, ...(logic.rule || []), ...(logic.input || []), ...(logic.output || [])].some((part) => part.id === id));
}
