// Hand-picked pairs: search while typing, add, take out; the list stands in the form and in the address.
import { ask, one, say } from "./app.js";

const box = one("#picks"), form = one("#ask"), field = one("[name=donors]", box), find = one("#find-pairs");
const picked = one("#picked"), offered = one("#offered"), kind = one("[name=placebos]", form), words = box.dataset;
const names = new Map([...picked.querySelectorAll("[data-id]")].map(line => [line.dataset.id, line.textContent]));
let found = [...offered.querySelectorAll("[data-id]")].map(line => ({ id: line.dataset.id, name: one("span", line).textContent, trade: one(".note", line).textContent }));

function button(text, label, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: text });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}
function line(text, ...rest) {
  const made = document.createElement("li"), name = document.createElement("span");
  name.textContent = text;
  made.append(...rest.filter(part => part.tagName === "BUTTON"), name, ...rest.filter(part => part.tagName !== "BUTTON"));
  return made;
}
function nothing(text) {
  const made = document.createElement("li");
  made.className = "note"; made.textContent = text;
  return made;
}
function show() {
  one("summary", box).textContent = words.title.replace("#", names.size);
  const chips = [...names].map(([id, name]) => line(name, button("\u00d7", `${words.drop}: ${name}`, () => change(() => names.delete(id), find))));
  picked.replaceChildren(...chips.length ? chips : [nothing(words.none)]);
  one("#drop-all").hidden = !names.size;
  const free = found.filter(pair => !names.has(pair.id));
  offered.replaceChildren(...free.length ? free.map(pair => {
    const trade = document.createElement("span");
    trade.className = "note"; trade.textContent = pair.trade;
    return line(pair.name, button(words.add, `${words.add}: ${pair.name}`, () => {
      const place = free.indexOf(pair);
      change(() => names.set(pair.id, pair.name));
      (offered.querySelectorAll("button")[place] ?? find).focus();
    }), trade);
  }) : [nothing(words.nothing)]);
  one("#pick-all").hidden = !free.length;
}
function change(how, next) {
  how();
  field.value = [...names.keys()].join(",");
  if (names.size) kind.value = "picked";
  one("#picks-note").textContent = words.changed;
  history.replaceState(null, "", `${location.pathname}?${state()}`);
  show();
  next?.focus();
}
const state = () => {
  const out = new URLSearchParams(new FormData(form));
  for (const name of ["donors", "find"]) if (!out.get(name)) out.delete(name);
  return out.toString().replaceAll("%2C", ",");
};
let timer = 0, going = null;
async function search() {
  going?.abort();
  going = new AbortController();
  try {
    const answer = await ask(`${words.pairs}?${state()}`, { signal: going.signal });
    found = answer.offered.map(pair => ({ ...pair, trade: pair.said }));
    show();
  } catch (error) {
    if (error.name !== "AbortError") say(error.message);
  }
}
find.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 150); });
find.addEventListener("keydown", event => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // Enter searches at once; the form is sent by its own button
  clearTimeout(timer); search();
});
one("#pick-all").addEventListener("click", () => change(() => found.forEach(pair => names.set(pair.id, pair.name)), find));
one("#drop-all").addEventListener("click", () => change(() => names.clear(), find));
form.addEventListener("submit", () => { find.disabled = true; field.disabled = !field.value; });
addEventListener("pageshow", () => { find.disabled = field.disabled = false; });
show();
