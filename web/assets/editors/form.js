// Opens a form: the form-js editor with a preview beside it, or the form alone where nothing may be changed.
import { Form, FormEditor } from "@bpmn-io/form-js";
import "@bpmn-io/form-js/dist/assets/form-js.css";
import "@bpmn-io/form-js/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js/dist/assets/properties-panel.css";
import { chineseModule, translateLabels } from "./translate.js";
import zh from "./zh_form.js";

export async function open(host, text, { readonly, locale, catalogue, changed, words }) {
  const schema = JSON.parse(text);
  const canvas = document.createElement("div");
  canvas.className = "canvas form";
  if (readonly) {
    host.append(canvas);
    const form = await preview(canvas, schema);
    return { text: async () => text, show: () => false, mark() {}, destroy: () => form.destroy() };
  }
  const chinese = locale === "zh_CN" ? [chineseModule(zh)] : [];
  const editor = new FormEditor({ container: canvas, additionalModules: chinese, exporter: { name: "OneWindow", version: "1" } });
  const sheet = document.createElement("div");
  sheet.className = "canvas form preview";
  sheet.hidden = true;
  let shown = null;
  host.append(switcher(words, async (wanted) => {
    shown?.destroy();
    sheet.replaceChildren();
    shown = wanted ? await preview(sheet, editor.saveSchema()) : null;
    canvas.hidden = Boolean(wanted);
    sheet.hidden = !wanted;
  }), canvas, sheet);
  await editor.importSchema(schema);
  const observer = locale === "zh_CN" ? translateLabels(canvas, zh) : null;
  const filter = hideUnsupported(canvas, catalogue.support.form);
  editor.on("changed", changed);
  return {
    async text() {
      return `${JSON.stringify(editor.saveSchema(), null, 2)}\n`;
    },
    show(id) {
      const field = editor.get("formFieldRegistry").get(id) || [...editor.get("formFieldRegistry").getAll()].find((each) => each.key === id);
      if (field) editor.get("selection").set(field);
      return Boolean(field);
    },
    mark() {},
    destroy() {
      observer?.disconnect();
      filter.disconnect();
      shown?.destroy();
      editor.destroy();
    },
  };
}

async function preview(container, schema) {
  const form = new Form({ container });
  await form.importSchema(structuredClone(schema), {});
  return form;
}

function switcher(words, chosen) {
  const nav = document.createElement("nav");
  nav.className = "views";
  nav.setAttribute("aria-label", words.view);
  for (const [wanted, label] of [[false, words.edit], [true, words.preview]]) {
    const button = nav.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = label;
    if (!wanted) button.setAttribute("aria-current", "true");
    button.addEventListener("click", async () => {
      nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      await chosen(wanted);
    });
  }
  return nav;
}

/** Takes components out of the palette that the server does not know and would refuse. */
function hideUnsupported(canvas, supported) {
  const hide = () => {
    for (const entry of canvas.querySelectorAll(".fjs-palette-field[data-field-type]")) entry.hidden = !supported.includes(entry.dataset.fieldType);
  };
  hide();
  const observer = new MutationObserver(hide);
  observer.observe(canvas.querySelector(".fjs-palette-container") || canvas, { subtree: true, childList: true });
  return observer;
}
