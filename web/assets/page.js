// What every page does a little better with a script; without it every page still works.
import { guardLeaving } from "./leaving.js";
import { watchCount } from "./live.js";
import { guardForms } from "./submit.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select?.();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const field of document.querySelectorAll("[data-submit-on-change]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

const phone = matchMedia("(max-width: 760px)");
const foldOnPhone = () => {
  for (const fold of document.querySelectorAll("[data-folds-on-phone]")) fold.open = !phone.matches;
};
// On a phone the open tab, or the area in the bar, may lie off the screen.
const keepInSight = () => {
  for (const tab of document.querySelectorAll(":is(.tabs, .areas) [aria-current]")) {
    const row = tab.parentElement, left = tab.getBoundingClientRect().left - row.getBoundingClientRect().left;
    row.scrollLeft += left - (row.clientWidth - tab.offsetWidth) / 2;
  }
};
for (const fit of [foldOnPhone, keepInSight]) {
  phone.addEventListener("change", fit);
  fit();
}

watchCount(document.querySelector("[data-live]"));
guardForms();
guardLeaving(document.querySelector("form[data-unsent]"));
