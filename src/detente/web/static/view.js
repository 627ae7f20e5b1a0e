// The report's filter of claims in the address, so that a copied link opens the same view, and its charts' own pages.
import { all, one, write } from "./app.js";

for (const form of all("form.filter")) {
  const search = one("input[type=search]", form), asked = new URLSearchParams(location.search);
  const chosen = all("[data-verdict]", form).find(button => button.dataset.verdict === asked.get("verdict"));
  chosen?.click();
  if (asked.get("words")) {
    search.value = asked.get("words");
    search.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.addEventListener("click", event => {
    const button = event.target.closest("[data-verdict]");
    if (button) write({ verdict: button.dataset.verdict });
  });
  search.addEventListener("input", () => write({ words: search.value }));
}

// Every chart has an address of its own.
const view = one(".view[data-own-page]");
if (view?.dataset.ownPage) for (const chart of all("figure.chart", view)) {
  const tools = one(".tools", chart), link = document.createElement("a"), slug = chart.dataset.slug;
  if (!tools) continue;
  link.href = `${location.pathname}/chart/${chart.classList.contains("gap") ? "first" : slug}${location.search}`;
  link.textContent = view.dataset.ownPage;
  tools.append(link);
}
