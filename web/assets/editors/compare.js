// Draws two versions of a diagram side by side: <div data-compare='{"before": URL, "after": URL, "marks": [[id, how]]}'>.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const SIGNS = { added: "+", removed: "−", changed: "≠", moved: "↔" };

async function draw(place, url, marks, choose) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(await answer.text());
  const [canvas, overlays, registry] = ["canvas", "overlays", "elementRegistry"].map((name) => viewer.get(name));
  for (const [id, how] of marks) {
    if (!registry.get(id)) continue;
    canvas.addMarker(id, `is-${how}`);
    if (/:(Participant|Lane)$/.test(registry.get(id).type)) canvas.addMarker(id, "is-frame");
    overlays.add(id, { position: { top: -9, left: -9 }, scale: { min: 1 }, html: `<span class="sign ${how}">${SIGNS[how]}</span>` });
  }
  canvas.zoom("fit-viewport", "auto");
  viewer.on("element.click", ({ element }) => choose(element.id, false));
  return viewer;
}

// What one side shows the other shows too, as long as nobody has chosen something that only one of them holds.
function together(viewers) {
  let following = false;
  for (const viewer of viewers) {
    viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
      if (following) return;
      following = true;
      for (const other of viewers) {
        const { x, y, width, height } = viewbox;
        if (other !== viewer) other.get("canvas").viewbox({ x, y, width, height });
      }
      following = false;
    });
  }
}

async function compare(place) {
  const { before, after, marks } = JSON.parse(place.dataset.compare);
  const buttons = [...place.parentElement.querySelectorAll("button[data-element]")];
  let viewers = [];
  let chosen = "";

  function choose(id, show = true) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.element === id));
    for (const viewer of viewers) {
      const [canvas, registry] = ["canvas", "elementRegistry"].map((name) => viewer.get(name));
      if (chosen && registry.get(chosen)) canvas.removeMarker(chosen, "is-chosen");
      if (!registry.get(id)) continue;
      canvas.addMarker(id, "is-chosen");
      if (show) canvas.scrollToElement(id, 80);
    }
    chosen = id;
    if (!show) buttons.find((button) => button.dataset.element === id)?.scrollIntoView({ block: "nearest" });
  }

  const sides = [...place.querySelectorAll("[data-side]")];
  viewers = (
    await Promise.all(
      sides.map((side) =>
        draw(side, side.dataset.side === "before" ? before : after, marks, choose).catch(() => {
          side.classList.add("is-failed");
          side.textContent = side.dataset.failed;
          return null;
        }),
      ),
    )
  ).filter(Boolean);
  together(viewers);
  for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.element));
}

// A package may hold twenty diagrams: each is drawn when it comes into sight.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    compare(target);
  }
});
for (const place of document.querySelectorAll("[data-compare]")) seen.observe(place);
