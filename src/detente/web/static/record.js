// The record: find rows; keep what is typed in a form until it is saved, whatever happens to the tab.
import { all, one, write } from "./app.js";

// The server finds, in every cell of every row; the address says what the list was narrowed to.
const find = one("#find");
if (find) {
  let timer = 0, going = null;
  const search = async () => {
    going?.abort();
    going = new AbortController();
    try {
      const answer = await fetch(location.href, { signal: going.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of ["#found", "#listed"]) one(part).replaceWith(one(part, page));
    } catch (error) {
      if (error.name !== "AbortError") find.form.requestSubmit();
    }
  };
  find.addEventListener("input", () => {
    write({ find: find.value, page: "", saved: "", undone: "", deleted: "" });
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
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
