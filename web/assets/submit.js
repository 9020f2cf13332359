// A form is sent once: its buttons rest after the first click. The server's idempotency key is what really counts.
export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // The server answers files that are too large with a page of its own: what was typed would be gone.
    const fields = [...form.querySelectorAll("input[type=file]")], sent = fields.flatMap((field) => [...field.files]);
    const { mostMb, tooLarge } = document.body.dataset;
    if (sent.reduce((sum, file) => sum + file.size, 0) > mostMb * 2 ** 20) {
      event.preventDefault();
      refuse(fields.find((field) => field.files.length), tooLarge);
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });
}

// Say beside a field why it was not sent, until other files are chosen.
function refuse(field, why) {
  field.setCustomValidity(why);
  field.reportValidity();
  field.form.addEventListener("change", () => field.setCustomValidity(""), { once: true });
}
