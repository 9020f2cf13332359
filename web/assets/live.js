// Keeps the number of waiting tasks up to date: the server sends it and closes, the browser asks again by itself.
export function watchCount(place) {
  if (!place || !window.EventSource) return;
  const source = new EventSource(place.dataset.live);
  source.addEventListener("counts", (event) => {
    const counts = JSON.parse(event.data);
    place.textContent = counts.all;
    place.classList.toggle("urgent", counts.overdue > 0);
    for (const other of document.querySelectorAll("[data-count]")) other.textContent = counts[other.dataset.count];
    const note = document.querySelector("[data-changed]");
    if (note && String(counts.all) !== note.dataset.changed) note.hidden = false;
  });
  addEventListener("pagehide", () => source.close());
}
