// Opens any other file of a package as plain text.
export async function open(host, text, { readonly, changed, path }) {
  const area = host.appendChild(document.createElement("textarea"));
  area.className = "canvas text";
  area.value = text;
  area.readOnly = readonly;
  area.spellcheck = false;
  area.setAttribute("aria-label", path);
  area.addEventListener("input", changed);
  return { text: async () => area.value, show: () => false, mark() {}, destroy: () => area.remove() };
}
