// The way walked: positions while a patrol is on, kept as they come, so that a page that dies loses none.
import * as store from "./store.js";

const FAR = 30;
const EARTH = 6371000;
const LEAST = 5;

export function metres([, lonA, latA], [, lonB, latB]) {
  const turn = Math.PI / 180;
  const width = (lonB - lonA) * turn * Math.cos(((latA + latB) / 2) * turn);
  return Math.hypot(width, (latB - latA) * turn) * EARTH;
}

export const length = (points) => points.slice(1).reduce((sum, point, index) => sum + metres(points[index], point), 0);

let watching;
let position;

export const here = () => position;

function moved(patrol, told, { coords, timestamp }) {
  position = { lon: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) };
  const point = [new Date(timestamp).toISOString(), Number(coords.longitude.toFixed(6)), Number(coords.latitude.toFixed(6)), position.accuracy];
  const last = patrol.points.at(-1);
  if (position.accuracy <= FAR * 2 && (!last || metres(last, point) >= LEAST)) {
    patrol.points.push(point);
    store.keepPatrol(patrol);
  }
  told();
}

function follow(patrol, told, failed) {
  watching = navigator.geolocation?.watchPosition((where) => moved(patrol, told, where), failed, { enableHighAccuracy: true, maximumAge: 5000 });
}

export async function running(person) {
  return (await store.patrols()).find((one) => !one.endedAt && one.person === person);
}

export async function start(person, told, failed) {
  const patrol = (await running(person)) ?? { uuid: crypto.randomUUID(), person, startedAt: new Date().toISOString(), points: [] };
  await store.keepPatrol(patrol);
  follow(patrol, told, failed);
  return patrol;
}

export async function stop(patrol) {
  if (watching !== undefined) navigator.geolocation.clearWatch(watching);
  watching = undefined;
  patrol.endedAt = new Date().toISOString();
  await store.keepPatrol(patrol);
}

export function ask() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("none"));
    else navigator.geolocation.getCurrentPosition(({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) }), reject, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  });
}
