// Follows work that jobs do: [data-progress][data-running] is fetched again until it has come to its end.
const place = document.querySelector("[data-progress][data-running]");

async function look() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-progress]");
  if (!fresh?.hasAttribute("data-running")) {
    location.reload();
    return;
  }
  place.replaceChildren(...fresh.childNodes);
  setTimeout(look, 1500);
}

if (place) setTimeout(look, 800);
