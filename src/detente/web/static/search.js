// Search for a pair: offers while typing, arrows and Enter choose; on the start page a map to pick from.
import { all, one, ask } from "./app.js";

for (const input of all("[data-search]")) {
  const list = document.createElement("ul");
  list.className = "offers";
  list.id = `offers-${all(".offers").length}`;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  let at = -1, asked = 0;
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const show = offered => {
    list.replaceChildren(...offered.map((offer, k) => {
      const item = document.createElement("li"), name = document.createElement("b"), note = document.createElement("span");
      item.setAttribute("role", "option");
      item.id = `${list.id}-${k}`;
      item.dataset.path = offer.path;
      name.textContent = `${offer.a} – ${offer.b}`;
      note.textContent = offer.note;
      item.append(name, note);
      return item;
    }));
    list.hidden = !offered.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(offered.length ? 0 : -1);
  };
  const mark = where => {
    at = where;
    all("li", list).forEach((item, k) => item.setAttribute("aria-selected", String(k === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  };
  const open = item => { location.href = item.dataset.path; };
  input.addEventListener("input", async () => {
    const turn = ++asked, text = input.value.trim();
    if (!text) return close();
    const found = await ask(`/search?q=${encodeURIComponent(text)}`).catch(() => ({ offered: [] }));
    if (turn === asked) show(found.offered);
  });
  input.addEventListener("keydown", event => {
    const items = all("li", list), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    if (step && items.length && !list.hidden) { mark((at + step + items.length) % items.length); event.preventDefault(); }
    if (event.key === "Enter" && at >= 0 && !list.hidden) { event.preventDefault(); open(items[at]); }
  });
  list.addEventListener("pointerdown", event => {
    const item = event.target.closest("li");
    if (item) { event.preventDefault(); open(item); }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
}

const map = one("[data-pick-map]");
if (map) fetch(map.dataset.pickMap).then(answer => answer.text()).then(text => {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  map.append(document.importNode(svg, true));
  map.nextElementSibling.hidden = false;
  let first = null;
  map.addEventListener("click", event => {
    const shape = event.target.closest("[data-code]");
    if (!shape) return;
    const input = one("#ask-pair");
    if (!first || first === shape) {
      all(".chosen", map).forEach(other => other.classList.remove("chosen"));
      first = shape;
      shape.classList.add("chosen");
      input.value = `${shape.dataset.name} – `;
      input.focus();
      return;
    }
    location.href = `/pair/${first.dataset.code}-${shape.dataset.code}`;
  });
});
