// Before somebody signs out of this phone: what the town does not have yet would wait until they sign in again.
const NAME = "onewindow-patrol";

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function unsent() {
  const there = await indexedDB.databases?.() ?? [];
  if (!there.some((one) => one.name === NAME)) return 0;
  const database = await asked(indexedDB.open(NAME));
  const work = database.transaction(["reports", "patrols"]);
  const [reports, patrols] = await Promise.all([asked(work.objectStore("reports").getAll()), asked(work.objectStore("patrols").getAll())]);
  database.close();
  return reports.filter((one) => one.state !== "sent").length + patrols.filter((one) => one.endedAt).length;
}

// The form that signs out carries the question; {count} in it is how many things wait.
export function guardLeaving(form) {
  if (!form) return;
  let answered = false;
  form.addEventListener("submit", async (event) => {
    if (answered) return;
    event.preventDefault();
    event.stopPropagation();
    const count = await unsent().catch(() => 0);
    if (count && !confirm(form.dataset.unsent.replace("{count}", count))) return;
    answered = true;
    form.requestSubmit();
  }, true);
}
