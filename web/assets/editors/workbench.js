// The workbench: files left, one editor at a time in the middle, findings below; everything is saved in one request.
import { open as openText } from "./text.js";
import { keepChanges } from "./saving.js";

const bench = document.querySelector("[data-workbench]");
const settings = JSON.parse(bench.dataset.workbench);
const words = settings.words;
const host = bench.querySelector(".editor");
const list = bench.querySelector(".files");
const say = bench.querySelector(".said");

const state = { path: null, editor: null, touched: false, turn: 0, revision: settings.revision, changed: new Map(), removed: new Set() };

async function loadText(path) {
  if (state.changed.has(path)) return state.changed.get(path);
  const answer = await fetch(settings.files + path.split("/").map(encodeURIComponent).join("/"), { credentials: "same-origin" });
  if (!answer.ok) throw new Error(words.unreadable);
  return answer.text();
}

async function editorOf(path) {
  const { script, style } = settings.editors[path.split(".").pop()] || {};
  if (!script) return openText; // no editor of its own, or the distribution was built without bundles
  if (style && !document.querySelector(`link[href="${style}"]`)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
    const ready = new Promise((done) => link.addEventListener("load", done, { once: true }));
    document.head.prepend(link); // the house's own rules come after, so that they count
    await ready;
  }
  return (await import(script)).open;
}

/** Takes what the open editor holds into the changes, so that another file can be opened or everything be saved. */
async function collect() {
  if (!state.editor || !state.touched) return;
  state.touched = false;
  state.changed.set(state.path, await state.editor.text());
}

async function open(path, element = "") {
  const turn = ++state.turn;
  if (state.path !== path || !state.editor) {
    await collect();
    state.editor?.destroy();
    state.editor = null;
    host.replaceChildren();
    host.setAttribute("aria-busy", "true");
    state.path = path;
    for (const link of list.querySelectorAll("a")) link.toggleAttribute("aria-current", link.dataset.path === path);
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", `#${encodeURIComponent(path)}`);
    try {
      const [text, opener] = await Promise.all([loadText(path), editorOf(path)]);
      if (turn !== state.turn) return;
      const options = { ...settings, path, words, readonly: settings.readonly || bench.offsetWidth < 760, changed };
      const editor = await opener(host, text, options).catch((problem) => asText(text, options, problem));
      if (turn !== state.turn) return void editor.destroy();
      state.editor = editor;
    } catch (problem) {
      tell("error", problem.message);
    }
    host.removeAttribute("aria-busy");
    markFindings();
  }
  if (element && !state.editor?.show(element)) tell("", words.not_drawn.replace("{element}", element));
}

/** A file that its editor cannot read can still be read and mended by hand. */
function asText(text, options, problem) {
  host.replaceChildren();
  tell("error", `${words.broken} ${problem.message}`);
  return openText(host, text, options);
}

function changed() {
  state.touched = true;
  list.querySelector(`a[data-path="${CSS.escape(state.path)}"]`)?.classList.add("is-changed");
  bench.classList.add("is-changed");
}

function markFindings() {
  const own = [...bench.querySelectorAll(".findings [data-element]")].filter((each) => each.dataset.file === state.path);
  const of = (severity) => own.filter((each) => each.dataset.severity === severity).map((each) => each.dataset.element).filter(Boolean);
  state.editor?.mark(of("error"), of("warning"));
}

export function tell(kind, text) {
  say.className = `said alert ${kind}`;
  say.textContent = text;
  say.hidden = !text;
}

list.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-path]");
  if (!link) return;
  event.preventDefault();
  tell("", "");
  open(link.dataset.path);
});
bench.addEventListener("click", (event) => {
  const finding = event.target.closest(".findings [data-file]");
  if (!finding) return;
  event.preventDefault();
  tell("", "");
  open(finding.dataset.file, finding.dataset.element);
});

if (!settings.readonly) keepChanges({ bench, settings, words, state, list, collect, open, tell, markFindings });

const wanted = decodeURIComponent(location.hash.slice(1));
const first = [...list.querySelectorAll("a")].find((link) => link.dataset.path === wanted) || list.querySelector("a.main") || list.querySelector("a");
if (first) open(first.dataset.path);
