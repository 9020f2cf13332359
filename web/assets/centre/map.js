// The map of the events over the grids as the town drew them: no picture comes from outside.
import L from "leaflet";
import "leaflet/dist/leaflet.css";

const URGENCY = { 1: "urgent", 2: "pressing", 3: "ordinary" };
const APART = 46; // pixels between two heaps, so that they do not cover each other
const SIZE = { 1: 9, 2: 7, 3: 5 };

async function json(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

export function draw(element, { map: events, shapes }, say) {
  const drawn = L.map(element, { attributionControl: false, zoomSnap: 0.5, minZoom: 9 });
  const grids = L.geoJSON(undefined, { style: ({ properties }) => ({ className: `grid-shape level-${properties.level}` }), interactive: false }).addTo(drawn);
  const shown = L.layerGroup().addTo(drawn);
  let asked = 0;

  function event(one) {
    const kind = `event ${URGENCY[one.urgency]}${one.overdue ? " late" : ""}`;
    const link = document.createElement("a");
    link.href = one.link;
    link.textContent = `${one.number} ${one.what}`;
    const said = document.createElement("div");
    said.append(link, document.createElement("br"), one.place);
    return L.circleMarker([one.lat, one.lon], { radius: SIZE[one.urgency], className: kind }).bindPopup(said).bindTooltip(one.what);
  }

  function heap(one) {
    const size = 26 + Math.min(24, 6 * Math.log10(one.number));
    const called = element.dataset.heap.replace("{count}", one.number);
    const icon = L.divIcon({ className: `heap ${URGENCY[one.urgency]}${one.overdue ? " late" : ""}`, html: String(one.number), iconSize: [size, size] });
    return L.marker([one.lat, one.lon], { icon, alt: called, title: called, keyboard: true }).on("click keypress", () => drawn.setView([one.lat, one.lon], drawn.getZoom() + 1.5));
  }

  async function read() {
    const box = drawn.getBounds();
    const wanted = new URLSearchParams(location.search);
    wanted.delete("after");
    for (const [name, edge] of [["west", box.getWest()], ["south", box.getSouth()], ["east", box.getEast()], ["north", box.getNorth()]]) wanted.set(name, edge.toFixed(6));
    const size = drawn.getSize();
    wanted.set("columns", Math.floor(size.x / APART));
    wanted.set("rows", Math.floor(size.y / APART));
    const mine = ++asked;
    const found = await json(`${events}?${wanted}`);
    if (mine !== asked) return; // the map has moved on meanwhile
    shown.clearLayers();
    for (const one of found.events) event(one).addTo(shown);
    for (const one of found.heaps) heap(one).addTo(shown);
    say(element.dataset.holds.replace("{count}", found.total));
  }

  json(shapes).then((all) => {
    grids.addData(all);
    if (grids.getLayers().length) drawn.fitBounds(grids.getBounds(), { padding: [8, 8] });
    else drawn.setView([31.5, 119.7], 13);
    drawn.on("moveend", read);
    return read();
  });
  return { read: () => asked && read() };
}
