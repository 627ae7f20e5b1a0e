// The record: find rows; keep what is typed in a form until it is saved, whatever happens to the tab.
import { all, one, write } from "./app.js";

const find = one("#find");
if (find) {
  const table = one("#rows"), lines = all("tbody tr", table), found = one("#found");
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const line of lines) {
      const text = line.textContent.toLowerCase();
      line.hidden = !words.every(word => text.includes(word));
      shown += !line.hidden;
    }
    found.textContent = table.dataset.shown.replace("#", shown);
  };
  find.addEventListener("input", () => { apply(); write({ find: find.value }); });
  find.value = new URLSearchParams(location.search).get("find") ?? "";
  if (find.value) apply();
}

const form = one("#row");
if (form) {
  const name = `draft:${form.dataset.draft}`, box = one("#draft");
  const fields = () => all("input:not([type=hidden]), select, textarea", form);
  const kept = JSON.parse(localStorage.getItem(name) ?? "null");
  if (kept && !form.dataset.returned && fields().some(f => f.name in kept && kept[f.name] !== f.value)) {
    for (const field of fields()) if (field.name in kept) field.value = kept[field.name];
    box.hidden = false;
  }
  const keep = () => localStorage.setItem(name, JSON.stringify(Object.fromEntries(fields().map(f => [f.name, f.value]))));
  form.addEventListener("input", keep);
  // What came back from the server, or was typed before this script ran, is kept too.
  if (form.dataset.returned || fields().some(f => f.defaultValue !== undefined && f.value !== f.defaultValue)) keep();
  form.addEventListener("submit", () => sessionStorage.setItem("sent", name));
  one("#drop-draft").addEventListener("click", () => { localStorage.removeItem(name); location.reload(); });
}
// A draft is dropped only once the server has said that the row is saved.
if (one("[data-saved]") && sessionStorage.getItem("sent")) {
  localStorage.removeItem(sessionStorage.getItem("sent"));
  sessionStorage.removeItem("sent");
}
