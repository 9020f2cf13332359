// A photo as it is kept: turned upright, scaled so that it travels, its hash taken at once, what the camera wrote aside.
import exifr from "exifr/dist/lite.esm.mjs";

const LONGEST = 1600;
const QUALITY = 0.85;

export async function hash(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function scaled(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const factor = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * factor), Math.round(picture.height * factor));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

// What the camera wrote into the file: time, place, make. A file without it is a photo all the same.
async function aside(file) {
  const said = await exifr.parse(file, { gps: true }).catch(() => undefined);
  if (!said) return {};
  const names = ["Make", "Model", "DateTimeOriginal", "CreateDate", "latitude", "longitude", "Orientation"];
  return Object.fromEntries(names.filter((name) => said[name] !== undefined).map((name) => [name, said[name]]));
}

// Returns undefined for what is no photo.
export async function taken(file) {
  let small;
  try {
    small = await scaled(file);
  } catch {
    return undefined;
  }
  return {
    blob: small,
    sha256: await hash(small),
    original: await hash(file),
    exif: await aside(file),
    capturedAt: new Date().toISOString(),
  };
}
