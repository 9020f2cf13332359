// Sends what is kept to the town, in the order it was written, each under its own id: sent twice it is there once.
import * as store from "./store.js";

export class SignedOut extends Error {}
export class Away extends Error {}

const listeners = new Set();
export const watch = (listener) => listeners.add(listener);
const tell = async (state) => { for (const listener of listeners) await listener(state); };

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, ...options });
  } catch (problem) {
    throw new Away(problem.message);
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (answer.status >= 500 || answer.status === 429) throw new Away(String(answer.status));
  return answer;
}

export async function today(root) {
  const answer = await ask(root.dataset.today);
  if (!answer.ok) throw new SignedOut();
  const told = { ...await answer.json(), language: document.documentElement.lang };
  await store.remember("today", told);
  return told;
}

function body(token, values) {
  const form = new FormData();
  form.set("csrf_token", token);
  form.set("idempotency_key", crypto.randomUUID());
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== null) form.append(name, value);
  return form;
}

function reportBody(token, report) {
  const { photos, photosAfter = [], ...rest } = report;
  const form = body(token, {
    client_uuid: rest.uuid,
    class_code: rest.classCode,
    description: rest.description,
    address: rest.address,
    urgency: rest.urgency,
    danger: rest.danger ? "yes" : undefined,
    settled: rest.settled ? "yes" : undefined,
    settled_note: rest.settled ? rest.settledNote : undefined,
    settled_signed: rest.settled && rest.settledSigned ? "yes" : undefined,
    party: rest.party || undefined,
    party_kind: rest.enterprise ? "organisation" : "person",
    lon: rest.lon,
    lat: rest.lat,
    accuracy_m: rest.accuracy,
    captured_at: rest.capturedAt,
    sent_at: new Date().toISOString(),
  });
  attach(form, "photos", "photo_facts", photos);
  if (rest.settled) attach(form, "photos_after", "photo_after_facts", photosAfter);
  return form;
}

function attach(form, files, facts, photos) {
  photos.forEach((photo, index) => {
    form.append(files, photo.blob, `photo-${index + 1}.jpg`);
    form.append(facts, JSON.stringify({ sha256: photo.sha256, original: photo.original, exif: photo.exif, captured_at: photo.capturedAt }));
  });
}

// A report that was accepted keeps its number and lets its photos go; one that was refused says why and stays whole.
async function sendReport(root, token, report) {
  const answer = await ask(root.dataset.events, { method: "POST", body: reportBody(token, report) });
  const told = await answer.json();
  if (answer.ok) await store.keepReport({ ...report, state: "sent", number: told.number, problem: "", photos: [], photosAfter: [], sentAt: new Date().toISOString() });
  else await store.keepReport({ ...report, state: "refused", problem: told.detail });
}

async function sendPatrol(root, token, patrol) {
  const answer = await ask(root.dataset.patrols, {
    method: "POST",
    body: body(token, { client_uuid: patrol.uuid, started_at: patrol.startedAt, ended_at: patrol.endedAt, sent_at: new Date().toISOString(), points: JSON.stringify(patrol.points) }),
  });
  if (answer.ok) await store.dropPatrol(patrol.uuid);
  else await store.keepPatrol({ ...patrol, problem: (await answer.json()).detail });
}

async function everything(root, person) {
  const told = await today(root);
  if (told.person !== person) throw new SignedOut();
  const waiting = (await store.reports()).filter((kept) => kept.state === "waiting" && kept.person === told.person);
  for (const kept of waiting) {
    await sendReport(root, told.csrf, kept);
    await tell("working");
  }
  const walked = (await store.patrols()).filter((patrol) => patrol.endedAt && patrol.person === told.person);
  for (const patrol of walked) await sendPatrol(root, told.csrf, patrol);
  if (waiting.length + walked.length) await today(root); // what was told before does not count them yet
}

// One page at a time sends, in whatever tab; a page that comes second waits and finds nothing left.
export function send(root) {
  return navigator.locks.request("onewindow-patrol", async () => {
    try {
      await tell("working");
      await everything(root, root.dataset.person);
      await tell("online");
    } catch (problem) {
      if (problem instanceof SignedOut) await tell("signed-out");
      else if (problem instanceof Away) await tell("offline");
      else throw problem;
    }
  });
}
