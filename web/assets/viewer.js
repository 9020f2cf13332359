// Draws the BPMN diagram of a case: <div data-diagram="URL" data-current="ids" data-taken="ids">.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const ids = (text) => (text || "").split(/\s+/).filter(Boolean);

async function draw(place) {
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${place.dataset.diagram}`);
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const mark = (list, marker) => list.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, marker));
  mark(ids(place.dataset.taken), "is-taken");
  mark(ids(place.dataset.current), "is-current");
  canvas.zoom("fit-viewport", "auto");
}

for (const place of document.querySelectorAll("[data-diagram]")) {
  draw(place).catch((error) => {
    place.classList.add("is-failed");
    place.append(place.dataset.failed || error.message);
  });
}
