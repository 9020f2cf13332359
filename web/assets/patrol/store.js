// What the phone keeps until the town has it: reports with their photos, patrols, and the last that the town told.
import { openDB } from "idb";

export const NAME = "onewindow-patrol";

let opened;

export function open() {
  opened ??= openDB(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("reports", { keyPath: "uuid" }).createIndex("order", "order");
      database.createObjectStore("patrols", { keyPath: "uuid" });
      database.createObjectStore("kept");
    },
  });
  return opened;
}

// A report is written whole, photos included, in one transaction: it is there or it is not.
export async function keepReport(report) {
  const database = await open();
  const work = database.transaction("reports", "readwrite");
  if (!report.order) {
    const last = await work.store.index("order").openKeyCursor(null, "prev");
    report.order = (last?.key ?? 0) + 1;
  }
  await work.store.put(report);
  await work.done;
  return report;
}

export const reports = async () => (await open()).getAllFromIndex("reports", "order");
export const report = async (uuid) => (await open()).get("reports", uuid);
export const dropReport = async (uuid) => (await open()).delete("reports", uuid);

export const patrols = async () => (await open()).getAll("patrols");
export const keepPatrol = async (patrol) => (await open()).put("patrols", patrol);
export const dropPatrol = async (uuid) => (await open()).delete("patrols", uuid);

export const remembered = async (name) => (await open()).get("kept", name);
export const remember = async (name, value) => (await open()).put("kept", value, name);
export const forget = async (name) => (await open()).delete("kept", name);
