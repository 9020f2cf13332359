// Where a resident stands: the phone is asked once the button is tapped; without a script the words say the place.
const group = document.querySelector("[data-here]");
if (group && navigator.geolocation) {
  const said = group.querySelector("[role=status]");
  const [lon, lat] = ["lon", "lat"].map((name) => group.querySelector(`[name=${name}]`));
  const found = ({ coords }) => {
    [lon.value, lat.value] = [coords.longitude.toFixed(6), coords.latitude.toFixed(6)];
    said.textContent = group.dataset.found;
  };
  const none = () => { said.textContent = group.dataset.none; };
  group.hidden = false;
  group.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(found, none, { enableHighAccuracy: true, timeout: 15000 });
  });
}
