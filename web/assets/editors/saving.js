// Saves, checks and never loses: unsaved work is guarded, and of two who save at once the second keeps theirs too.
export function keepChanges({ bench, settings, words, state, list, collect, open, tell, markFindings }) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const buttons = bench.querySelectorAll("[data-do]");
  let busy = false;

  async function post(address, body) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Error(words.offline);
    }
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) throw Object.assign(new Error(said.text || (answer.status === 401 ? words.signed_out : words.failed)), said);
    return said;
  }

  const pending = () => ({ revision: state.revision, files: Object.fromEntries(state.changed), removed: [...state.removed] });
  const dirty = () => state.touched || state.changed.size > 0 || state.removed.size > 0;

  async function save() {
    await collect();
    if (!dirty()) return;
    const sent = pending();
    show(await post(settings.save, sent));
    for (const [path, text] of Object.entries(sent.files)) if (state.changed.get(path) === text) state.changed.delete(path);
    for (const path of sent.removed) state.removed.delete(path);
    for (const link of list.querySelectorAll("a.is-changed")) {
      link.classList.toggle("is-changed", state.changed.has(link.dataset.path) || (state.touched && link.dataset.path === state.path));
    }
    bench.classList.toggle("is-changed", dirty());
  }

  function show(said) {
    state.revision = said.revision;
    bench.querySelector("[data-state]").innerHTML = said.state; // our own server's markup, escaped there
    bench.querySelector(".findings").innerHTML = said.findings;
    markFindings();
  }

  async function run(work, done) {
    if (busy) return;
    busy = true;
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    try {
      await work();
      if (done) tell("success", done);
    } catch (problem) {
      tell("error", problem.message);
      if (problem.code === "DraftChanged" || problem.code === "DraftEnded") offerWaysOut();
    } finally {
      busy = false;
      for (const button of buttons) button.removeAttribute("aria-disabled");
    }
  }

  function offerWaysOut() {
    const row = document.createElement("div");
    row.className = "actions";
    const add = (label, work) => {
      const button = row.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "button small", textContent: label });
      button.addEventListener("click", work);
    };
    add(words.keep_as_own, () => run(async () => leave((await post(settings.copy, pending())).location)));
    add(words.download_mine, () => state.changed.forEach(download));
    add(words.load_theirs, () => confirm(words.sure_theirs) && leave(location.pathname + location.hash, true));
    bench.querySelector(".said").append(row);
  }

  function leave(address, again = false) {
    state.changed.clear();
    state.removed.clear();
    state.touched = false;
    if (again) location.reload();
    else location.assign(address);
  }

  const verbs = {
    save: () => run(save, words.saved),
    check: () => run(async () => {
      await save();
      show(await post(settings.check, {}));
      const first = bench.querySelector(".findings [data-file]");
      (first || bench.querySelector(".findings")).focus();
    }),
    publish: () => run(async () => {
      await save();
      location.assign(settings.publish);
    }),
    add: () => addFile(),
    remove: () => removeFile(),
    replace: () => bench.querySelector("[data-replace]").click(),
  };

  function addFile() {
    const path = prompt(words.new_name, "")?.trim();
    if (!path) return;
    const maker = settings.blank[path.split(".").pop()];
    if (maker === undefined || list.querySelector(`a[data-path="${CSS.escape(path)}"]`)) return tell("error", words.name_impossible);
    const name = path.split("/").pop().replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}_]/gu, "_");
    state.changed.set(path, maker.replaceAll("{name}", /^\p{L}/u.test(name) ? name : `n_${name}`));
    state.removed.delete(path);
    const link = Object.assign(document.createElement("a"), { href: `#${encodeURIComponent(path)}`, textContent: path, className: "is-changed" });
    link.dataset.path = path;
    const entry = document.createElement("li");
    entry.append(link);
    list.append(entry);
    bench.classList.add("is-changed");
    open(path);
  }

  async function removeFile() {
    if (!state.path || !confirm(words.sure_remove.replace("{path}", state.path))) return;
    const gone = state.path;
    state.touched = false;
    state.changed.delete(gone);
    state.removed.add(gone);
    list.querySelector(`a[data-path="${CSS.escape(gone)}"]`).closest("li").remove();
    bench.classList.add("is-changed");
    const next = list.querySelector("a");
    if (next) await open(next.dataset.path);
  }

  bench.querySelector("[data-replace]")?.addEventListener("change", async (event) => {
    const file = event.target.files[0];
    event.target.value = "";
    if (!file || !state.path) return;
    const path = state.path;
    state.changed.set(path, await file.text());
    state.touched = false;
    state.editor?.destroy();
    state.editor = null;
    list.querySelector(`a[data-path="${CSS.escape(path)}"]`)?.classList.add("is-changed");
    bench.classList.add("is-changed");
    open(path);
  });

  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.closest("details")?.removeAttribute("open");
      if (button.getAttribute("aria-disabled") !== "true") verbs[button.dataset.do]();
    });
  }
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    verbs.save();
  });
  addEventListener("beforeunload", (event) => {
    if (dirty()) event.preventDefault();
  });
}

function download(text, path) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = path.split("/").pop();
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
