// Draws the BPMN diagram of a case, in the words of the page's language: <div data-diagram="URL" data-current="ids" data-taken="ids">.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const ids = (text) => (text || "").split(/\s+/).filter(Boolean);

// The file with every name that it also gives in the page's language (the property "name:en") put in place of the first.
function translated(xml) {
  const wanted = `name:${document.documentElement.lang}`;
  const file = new DOMParser().parseFromString(xml, "application/xml");
  for (const property of file.getElementsByTagNameNS("*", "property")) {
    if (property.getAttribute("name") !== wanted) continue;
    const element = property.closest("extensionElements").parentNode;
    for (const named of [element, ...pools(file, element)]) named.setAttribute("name", property.getAttribute("value"));
    for (const place of labels(file, element)) widen(place, element.getAttribute("name"));
  }
  return new XMLSerializer().serializeToString(file);
}

// The places of the labels that stand beside an element.
const labels = (file, element) => file.querySelectorAll(`[bpmnElement="${element.id}"] > BPMNLabel > Bounds`);

// A place of two Chinese characters breaks an English word in pieces. It gets the width of the name, at most the 90 of
// labels that bpmn-js places itself, and keeps its edge at the line or the shape beside it, else its middle.
function widen(place, name) {
  const [x, width] = numbers(place, "x", "width");
  const wide = Math.min(90, pen.measureText(name).width + 4);
  if (width >= wide) return;
  const sides = [...place.closest("BPMNShape, BPMNEdge").children].flatMap(edges);
  const near = (edge) => sides.some((side) => Math.abs(edge - side) <= 15);
  const kept = near(x) === near(x + width) ? 0.5 : near(x) ? 0 : 1;
  place.setAttribute("x", x + (width - wide) * kept);
  place.setAttribute("width", wide);
}

const numbers = (place, ...names) => names.map((name) => Number(place.getAttribute(name)));
const pen = document.createElement("canvas").getContext("2d");
pen.font = "11px Arial, sans-serif";

// Where a shape or a corner of a line stands from left to right.
function edges(part) {
  const [x, width] = numbers(part, "x", "width");
  return part.hasAttribute("x") ? [x, x + width] : [];
}

// The pools that show a process.
const pools = (file, process) => file.querySelectorAll(`participant[processRef="${process.id}"]`);

async function draw(place) {
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${place.dataset.diagram}`);
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(translated(await answer.text()));
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const mark = (list, marker) => list.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, marker));
  mark(ids(place.dataset.taken), "is-taken");
  mark(ids(place.dataset.current), "is-current");
  canvas.zoom("fit-viewport", "auto");
}

// A diagram is drawn when it comes near the screen: below a form it is often not looked at, and drawing takes long.
const near = new IntersectionObserver((places) => {
  for (const { target: place } of places.filter((each) => each.isIntersecting)) {
    near.unobserve(place);
    draw(place).catch((error) => {
      place.classList.add("is-failed");
      place.append(place.dataset.failed || error.message);
    });
  }
}, { rootMargin: "200px" });

document.querySelectorAll("[data-diagram]").forEach((place) => near.observe(place));
