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
phone.addEventListener("change", foldOnPhone);
foldOnPhone();

// On a phone the open tab may lie off the screen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
}

watchCount(document.querySelector("[data-live]"));
guardForms();
guardLeaving(document.querySelector("form[data-unsent]"));
