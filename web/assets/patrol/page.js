// The patrol page: what is written stays on the phone until the town has taken it, whatever the network does.
import "../patrol.css";
import { map } from "./place.js";
import * as photo from "./photo.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as track from "./track.js";

const root = document.querySelector("[data-patrol]");
const words = JSON.parse(root.dataset.words);
const say = (name, facts = {}) => words[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
const find = (name) => root.querySelector(`[data-part="${name}"]`);
const person = root.dataset.person;
const form = find("report");
let photos = { before: [], after: [] };
let patrol;
let pinned;
let editing;
let blind = false;

// -- what is shown

function fill(template, texts) {
  const made = document.getElementById(template).content.cloneNode(true);
  for (const [name, text] of Object.entries(texts)) made.querySelector(`[data-text="${name}"]`).textContent = text;
  return made;
}

const clock = (moment) => new Date(moment).toLocaleString(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

async function showState(state) {
  const waiting = (await store.reports()).filter((one) => one.person === person && one.state === "waiting").length;
  const strange = (await store.reports()).filter((one) => one.person !== person && one.state !== "sent").length;
  const line = { online: "online", working: "sending", offline: "offline", "signed-out": "signedOut" }[state] ?? "offline";
  find("state").textContent = [say(line), waiting ? say("waiting", { count: waiting }) : "", strange ? say("strange", { count: strange }) : ""].filter(Boolean).join(" · ");
  find("state").dataset.state = state;
  find("sign-in").hidden = state !== "signed-out";
  if (state === "online" && !waiting) find("kept").textContent = "";
  await showMine();
}

async function showMine() {
  const own = (await store.reports()).filter((one) => one.person === person).reverse();
  const walks = (await store.patrols()).filter((one) => one.person === person && one.problem);
  find("mine").replaceChildren(...walks.map(refusedWalk), ...own.map(line));
  find("nothing").hidden = own.length + walks.length > 0;
}

function refusedWalk(walk) {
  const made = fill("one-walk", { what: say("walk"), when: clock(walk.startedAt), state: say("refused"), problem: walk.problem });
  made.querySelector("li").dataset.uuid = walk.uuid;
  return made;
}

function line(report) {
  const made = fill("one-report", {
    what: report.className,
    when: clock(report.capturedAt),
    state: report.state === "sent" ? say("sent", { number: report.number }) : say(report.state === "refused" ? "refused" : "unsent"),
    problem: report.problem || "",
  });
  const item = made.querySelector("li");
  item.dataset.state = report.state;
  item.dataset.uuid = report.uuid;
  item.querySelector("[data-act=mend]").hidden = report.state === "sent";
  const event = item.querySelector("a");
  event.hidden = report.state !== "sent";
  event.href = root.dataset.case.replace("NUMBER", report.number);
  return made;
}

// The list is told anew every minute: what somebody has chosen from it by then stays chosen.
function showClasses(told) {
  const classes = find("classes");
  const chosen = classes.value;
  const groups = new Map();
  for (const one of told) groups.set(one.major, [...(groups.get(one.major) ?? []), one]);
  classes.replaceChildren(new Option(say("choose"), ""), ...[...groups].map(([major, rows]) => {
    const group = document.createElement("optgroup");
    group.label = major;
    group.append(...rows.map(option));
    return group;
  }));
  classes.value = chosen;
  showSettled();
}

function option(row) {
  const made = new Option(row.name, row.code);
  made.dataset.after = row.after ?? 0;
  made.dataset.signature = row.signature ? "yes" : "";
  return made;
}

// What was done is asked for only of who says that it is settled; what the class wants as evidence with it.
function showSettled() {
  find("settled").hidden = !form.settled.checked;
  form.settled_note.required = form.settled.checked;
  find("signed").hidden = !find("classes").selectedOptions[0]?.dataset.signature;
  find("after-wrong").hidden = true;
}

function showTold(told) {
  showClasses(told.classes);
  find("day").replaceChildren(...told.checks.map((one) => fill("one-check", { what: one.name, how: one.note })));
  find("no-day").hidden = told.checks.length > 0;
  find("tasks").replaceChildren(...told.tasks.map((one) => {
    const made = fill("one-task", { what: one.name, about: one.title, whose: one.whose, due: one.due });
    made.querySelector("a").href = one.address;
    return made;
  }));
  find("no-tasks").hidden = told.tasks.length > 0;
  find("score").replaceChildren(...told.score.flatMap(([name, value]) => {
    const [term, fact] = [document.createElement("dt"), document.createElement("dd")];
    [term.textContent, fact.textContent] = [name, value];
    return [term, fact];
  }));
  find("grid").textContent = told.grid?.name ?? "";
  find("as-of").textContent = say("asOf", { moment: clock(told.now) });
  if (told.shape) ground.shape(told.shape);
}

function showPhotos() {
  for (const [phase, taken] of Object.entries(photos)) {
    const places = taken.map((one, index) => {
      const made = fill("one-photo", {});
      made.querySelector("img").src = URL.createObjectURL(one.blob);
      Object.assign(made.querySelector("button").dataset, { index, phase });
      return made;
    });
    root.querySelector(`[data-photos=${phase}]`).replaceChildren(...places);
  }
}

function showPatrol() {
  find("start").hidden = Boolean(patrol);
  find("stop").hidden = !patrol;
  find("walked").hidden = !patrol;
  if (!patrol) return;
  const minutes = Math.floor((Date.now() - new Date(patrol.startedAt)) / 60000);
  const walked = say("walked", { minutes, metres: Math.round(track.length(patrol.points)) });
  find("walked").textContent = blind ? `${walked} · ${say("noWay")}` : walked;
}

function open(tab) {
  for (const part of root.querySelectorAll("[data-tab]")) part.hidden = part.dataset.tab !== tab;
  for (const button of root.querySelectorAll("[data-open]")) button.setAttribute("aria-current", String(button.dataset.open === tab));
  if (tab === "report") ground.shown();
}

// -- what is done

async function walk() {
  const told = (sees) => () => { blind = !sees; showPatrol(); };
  patrol = await track.start(person, told(true), told(false));
  showPatrol();
}

const ground = map(find("map"), (lon, lat) => pin({ lon, lat, accuracy: null }));

function pin(where) {
  pinned = where;
  find("where").textContent = where.accuracy !== null ? say("within", { metres: where.accuracy }) : say("pinned");
  find("place-wrong").hidden = true;
  keepDraft();
}

async function locate() {
  find("where").textContent = say("locating");
  try {
    const where = track.here() ?? await track.ask();
    ground.put(where.lon, where.lat);
    pin(where);
  } catch {
    find("where").textContent = say("noPosition");
  }
}

async function addPhotos(phase, files) {
  const wrong = find(phase === "after" ? "after-wrong" : "photo-wrong");
  wrong.hidden = true;
  for (const file of files) {
    const one = await photo.taken(file);
    if (one) photos[phase].push(one);
    else {
      wrong.textContent = say("noPhoto", { name: file.name });
      wrong.hidden = false;
    }
  }
  showPhotos();
  await keepDraft();
}

function typed() {
  const values = new FormData(form);
  return {
    classCode: values.get("class_code"),
    description: values.get("description"),
    address: values.get("address"),
    urgency: values.get("urgency"),
    danger: values.has("danger"),
    party: values.get("party"),
    enterprise: values.has("enterprise"),
    lon: pinned?.lon,
    lat: pinned?.lat,
    accuracy: pinned?.accuracy,
    photos: photos.before,
    settled: values.has("settled"),
    settledNote: values.get("settled_note"),
    settledSigned: values.has("settled_signed"),
    photosAfter: photos.after,
  };
}

// A phone may end the page while its camera is open: what is half written is kept until it is a report.
const keepDraft = () => store.remember(`draft ${person}`, { ...typed(), editing });

function takeUp(kept) {
  editing = kept.editing;
  find("discard").hidden = !editing;
  photos = { before: kept.photos, after: kept.photosAfter ?? [] };
  form.class_code.value = kept.classCode;
  form.description.value = kept.description;
  form.address.value = kept.address;
  form.urgency.value = kept.urgency;
  form.danger.checked = kept.danger;
  form.party.value = kept.party ?? "";
  form.enterprise.checked = kept.enterprise;
  form.settled.checked = Boolean(kept.settled);
  form.settled_note.value = kept.settledNote ?? "";
  form.settled_signed.checked = Boolean(kept.settledSigned);
  showSettled();
  if (kept.lon !== undefined) {
    ground.put(kept.lon, kept.lat);
    pin({ lon: kept.lon, lat: kept.lat, accuracy: kept.accuracy });
  }
  showPhotos();
}

async function write(event) {
  event.preventDefault();
  find("place-wrong").hidden = Boolean(pinned);
  if (!pinned) return find("place-wrong").focus();
  if (lacksPhotos()) return find("after-wrong").focus();
  const kept = editing ? await store.report(editing) : { uuid: crypto.randomUUID(), person, capturedAt: new Date().toISOString() };
  await store.keepReport({
    ...kept,
    state: "waiting",
    problem: "",
    className: find("classes").selectedOptions[0].text,
    ...typed(),
  });
  await clear();
  find("kept").textContent = say(navigator.onLine ? "keptOnline" : "keptOffline");
  open("mine");
  await showState(navigator.onLine ? "working" : "offline");
  sync.send(root);
}

// The town does not take what is settled without the photos that its class wants for settled: better asked for here.
function lacksPhotos() {
  const count = Number(find("classes").selectedOptions[0].dataset.after);
  const lacks = form.settled.checked && photos.after.length < count;
  if (lacks) find("after-wrong").textContent = say("afterWanted", { count });
  find("after-wrong").hidden = !lacks;
  return lacks;
}

async function clear() {
  form.reset();
  [photos, pinned, editing] = [{ before: [], after: [] }, undefined, undefined];
  showSettled();
  find("where").textContent = "";
  find("discard").hidden = true;
  ground.clear();
  showPhotos();
  await store.forget(`draft ${person}`);
}

async function mend(uuid) {
  open("report");
  takeUp({ ...await store.report(uuid), editing: uuid });
}

async function dropWalk(uuid) {
  if (!confirm(say("discardWalk"))) return;
  await store.dropPatrol(uuid);
  await showMine();
}

async function discard() {
  if (!editing || !confirm(say("discard"))) return;
  await store.dropReport(editing);
  await clear();
  open("mine");
  await showMine();
}

root.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.open) {
    open(button.dataset.open);
    if (["tasks", "mine"].includes(button.dataset.open) && navigator.onLine) sync.send(root);
  }
  else if (button.dataset.act === "mend") await mend(button.closest("li").dataset.uuid);
  else if (button.dataset.act === "drop-walk") await dropWalk(button.closest("li").dataset.uuid);
  else if (button.dataset.act === "drop-photo") { photos[button.dataset.phase].splice(Number(button.dataset.index), 1); showPhotos(); await keepDraft(); }
  else if (button.dataset.part === "start") await walk();
  else if (button.dataset.part === "stop") { await track.stop(patrol); patrol = undefined; showPatrol(); sync.send(root); }
  else if (button.dataset.part === "locate") await locate();
  else if (button.dataset.part === "discard") await discard();
  else if (button.dataset.part === "send") sync.send(root);
});
for (const camera of root.querySelectorAll("[data-camera]")) {
  camera.addEventListener("change", async () => { await addPhotos(camera.dataset.camera, camera.files); camera.value = ""; });
}
form.addEventListener("submit", write);
form.addEventListener("input", keepDraft);
form.addEventListener("change", showSettled);
addEventListener("online", () => sync.send(root));
addEventListener("offline", () => showState("offline"));
sync.watch(showState);

// -- the beginning

setInterval(showPatrol, 20000);
setInterval(() => { if (navigator.onLine) sync.send(root); }, 60000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
navigator.storage?.persist?.();
if (await track.running(person)) await walk();
showPatrol();
open("walk");
const kept = await store.remembered("today");
if (kept?.person === person && kept.language === document.documentElement.lang) showTold(kept);
sync.watch(async (state) => { if (state === "online") showTold(await store.remembered("today")); });
await sync.send(root);
const draft = await store.remembered(`draft ${person}`);
if (draft) {
  open("report");
  takeUp(draft);
}
root.dataset.ready = "yes";
