// Opens a BPMN file: a modeler with the Camunda 8 properties, or a viewer where nothing may be changed.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import Modeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import CloudBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import MinimapModule from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import { choicesModule } from "./choices.js";
import { onlySupported } from "./support.js";
import { chineseModule, translateLabels } from "./translate.js";
import zh from "./zh_diagram.js";

export async function open(host, text, { readonly, locale, catalogue, changed }) {
  const canvas = host.appendChild(document.createElement("div"));
  canvas.className = "canvas";
  const chinese = locale === "zh_CN" ? [chineseModule(zh)] : [];
  const common = { container: canvas, moddleExtensions: { zeebe } };
  let editor;
  if (readonly) {
    editor = new NavigatedViewer({ ...common, additionalModules: chinese });
  } else {
    const panel = host.appendChild(document.createElement("div"));
    panel.className = "properties";
    editor = new Modeler({
      ...common,
      propertiesPanel: { parent: panel },
      additionalModules: [
        BpmnPropertiesPanelModule,
        BpmnPropertiesProviderModule,
        ZeebePropertiesProviderModule,
        CloudBehaviors,
        CreateAppendAnythingModule,
        MinimapModule,
        onlySupported(catalogue.support),
        choicesModule(catalogue),
        ...chinese,
      ],
    });
  }
  try {
    await editor.importXML(text);
  } catch (problem) {
    editor.destroy(); // after a failed import an instance is broken; the next file gets a new one
    host.replaceChildren();
    throw problem;
  }
  const observer = locale === "zh_CN" ? translateLabels(host, zh) : null; // some parts do not ask to be translated
  const view = editor.get("canvas");
  view.zoom("fit-viewport", "auto");
  if (!readonly) {
    view.zoom(view.zoom(false) * 0.88);
    view.scroll({ dx: 50, dy: 0 }); // beside the palette, not under it
  }
  if (!readonly) editor.get("eventBus").on("commandStack.changed", changed);
  return {
    async text() {
      return (await editor.saveXML({ format: true })).xml;
    },
    show(id) {
      const registry = editor.get("elementRegistry");
      const element = registry.get(id) || registry.find((each) => each.businessObject?.processRef?.id === id);
      if (!element) return false;
      view.scrollToElement(element, 120);
      if (readonly) view.addMarker(element, "is-current");
      else editor.get("selection").select(element);
      return true;
    },
    mark(wrong, doubtful) {
      const registry = editor.get("elementRegistry");
      for (const [marker, ids] of [["has-finding", wrong], ["has-warning", doubtful]]) {
        for (const element of registry.getAll()) if (view.hasMarker(element, marker)) view.removeMarker(element, marker);
        for (const id of ids) if (registry.get(id)) view.addMarker(id, marker);
      }
    },
    destroy() {
      observer?.disconnect();
      editor.destroy();
    },
  };
}
