// The command centre: the map shows what its rectangle holds, and map and list follow the events within two seconds.
import { draw } from "./map.js";
import "./centre.css";

const centre = document.querySelector("[data-centre]");
const place = (name) => centre.querySelector(`[data-place="${name}"]`);
const map = draw(place("map"), centre.dataset, (total) => { place("said").textContent = total; });

async function readList() {
  const list = place("list");
  if (list.contains(document.activeElement)) return; // whoever stands in the list keeps their place until they leave
  const answer = await fetch(`${centre.dataset.list}${location.search}`, { credentials: "same-origin" });
  if (answer.ok) list.innerHTML = await answer.text();
}

function follow() {
  const source = new EventSource(centre.dataset.pulse);
  let known;
  let late = false;
  const catchUp = () => {
    late = document.hidden;
    if (!late) { readList(); map.read(); }
  };
  source.addEventListener("mark", ({ data }) => {
    if (known !== undefined && data !== known) catchUp();
    known = data;
  });
  document.addEventListener("visibilitychange", () => { if (late) catchUp(); });
  place("list").addEventListener("focusout", () => setTimeout(readList));
  addEventListener("pagehide", () => source.close());
}

follow();
