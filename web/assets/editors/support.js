// Hides from palette and menus what this house does not run; the server refuses it from the same list.
export function onlySupported(support) {
  const refused = (id) => (support?.menu_refused || []).some((part) => id.includes(part));
  const filter = (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !refused(id)));
  const provider = { getPopupMenuEntries: () => filter, getPaletteEntries: () => filter, getContextPadEntries: () => filter };
  function Filter(popupMenu, palette, contextPad) {
    for (const menu of ["bpmn-replace", "bpmn-append", "bpmn-create"]) popupMenu.registerProvider(menu, 100, provider);
    palette.registerProvider(100, provider);
    contextPad.registerProvider(100, provider);
  }
  Filter.$inject = ["popupMenu", "palette", "contextPad"];
  return { __init__: ["onlySupported"], onlySupported: ["type", Filter] };
}
