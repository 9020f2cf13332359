// The list under the keyboard: j and k go down and up, Enter opens, c claims, x chooses. The chosen row is kept in view.
// A page may put other rows in their place, so they are looked up each time.
let rows = [];
const look = () => { rows = [...(document.querySelector("[data-rows]")?.tBodies[0].rows ?? [])]; };
look();
let at = rows.findIndex((row) => `#${row.id}` === location.hash);

function choose(next) {
  if (!rows[next]) return;
  rows[at]?.classList.remove("is-chosen");
  at = next;
  rows[at].classList.add("is-chosen");
  rows[at].querySelector("a.step").focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

const does = {
  j: () => choose(at + 1),
  k: () => choose(Math.max(at - 1, 0)),
  Enter: () => rows[at]?.querySelector("a.step").click(),
  c: () => rows[at]?.querySelector("[data-claim]")?.click(),
  x: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !does[event.key]) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, summary, button")) return;
  if (event.key === "Enter" && event.target.closest("a")) return;
  event.preventDefault();
  look();
  does[event.key]();
});

if (at >= 0) choose(at);
