// Some answers decide which fields are asked: choosing one sends the form to be shown again with everything typed.
for (const form of document.querySelectorAll("form[data-look-on]")) {
  const names = form.dataset.lookOn.split(" ");
  const button = form.querySelector("[data-look]");
  button.hidden = true;
  form.addEventListener("change", (event) => {
    if (names.includes(event.target.name)) form.requestSubmit(button);
  });
}
