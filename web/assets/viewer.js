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
  }
  return new XMLSerializer().serializeToString(file);
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
