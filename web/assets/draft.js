// Saves what is typed into a task's form by itself and says when; keeps the place on the page when a row is added.
// An answer on which it depends what else is asked sends the draft, so that the page comes back with those fields.
const form = document.querySelector("form[data-draft]");
const PLACE = "onewindow.place";
const PAUSE = 1500;

function typed() {
  const entries = new FormData(form);
  for (const [name, value] of [...entries]) if (value instanceof File) entries.delete(name);
  return entries;
}

async function save(said) {
  const answer = await fetch(form.dataset.draft, { method: "POST", body: typed(), credentials: "same-origin", headers: { Accept: "application/json" } });
  if (answer.ok) said.textContent = form.dataset.saved.replace("{time}", (await answer.json()).saved);
  else said.textContent = form.dataset.unsaved;
}

function watch() {
  const said = form.querySelector(".saved");
  let waiting;
  let leaving = false;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (!leaving) save(said).catch(() => { said.textContent = form.dataset.unsaved; }); }, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    leaving = true;
    clearTimeout(waiting);
    if (event.submitter?.name.endsWith("-row")) sessionStorage.setItem(PLACE, `${location.host} ${scrollY}`);
  });
  const deciding = form.dataset.decide.split(" ");
  form.addEventListener("change", ({ target }) => {
    if (!deciding.includes(target.name)) return;
    sessionStorage.setItem(PLACE, `${location.host} ${scrollY} ${target.id || target.name}`);
    form.requestSubmit(form.querySelector("[data-keep]"));
    form.inert = true;
  });
  addEventListener("pageshow", () => { leaving = false; form.inert = false; });
}

if (form) watch();

const summary = document.getElementById("error-summary");
const place = (sessionStorage.getItem(PLACE) || "").split(" ");
sessionStorage.removeItem(PLACE);
if (summary) summary.focus();
else if (place[0] === location.host) {
  scrollTo(0, Number(place[1]));
  if (place[2]) (document.getElementById(place[2]) || form?.querySelector(`[name="${CSS.escape(place[2])}"]:checked`))?.focus({ preventScroll: true });
}
