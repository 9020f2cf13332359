// The pin: one's own grid as the town drew it, no picture from outside, and a pin that a thumb can move.
import L from "leaflet";
import "leaflet/dist/leaflet.css";

export function map(element, moved) {
  const drawn = L.map(element, { attributionControl: false, zoomControl: true, zoomSnap: 0.25 });
  const grids = L.geoJSON(undefined, { style: { className: "grid-shape" }, interactive: false }).addTo(drawn);
  const pin = L.marker([0, 0], { draggable: true, autoPan: true, keyboard: true, icon: L.divIcon({ className: "pin", iconSize: [28, 28], iconAnchor: [14, 28] }) });
  const put = ([lat, lon]) => { pin.setLatLng([lat, lon]).addTo(drawn); };
  pin.on("dragend", () => moved(pin.getLatLng().lng, pin.getLatLng().lat));
  drawn.on("click", ({ latlng }) => { put([latlng.lat, latlng.lng]); moved(latlng.lng, latlng.lat); });
  const fit = () => { if (grids.getLayers().length && !drawn.hasLayer(pin)) drawn.fitBounds(grids.getBounds()); };
  return {
    shape(geojson) {
      grids.clearLayers().addData(geojson);
      fit();
    },
    put(lon, lat) {
      put([lat, lon]);
      drawn.setView([lat, lon], Math.max(drawn.getZoom() || 0, 16));
    },
    clear: () => pin.remove(),
    shown() {
      drawn.invalidateSize();
      fit();
    },
  };
}
