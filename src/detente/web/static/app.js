// On every page: theme, copy link, and the helpers the other scripts share. Nothing is loaded from elsewhere.
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);
export const token = one("meta[name=token]")?.content ?? "";

export function say(text) {
  const status = one("#status");
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { status.textContent = ""; }, 4000);
}

// An answer in JSON, or an error whose message is what the server said.
export async function ask(address, options = {}) {
  const response = await fetch(address, { headers: { accept: "application/json" }, ...options });
  const data = await response.json();
  if (data.problem) throw new Error(data.problem);
  if (!response.ok) throw new Error(data.what ?? response.statusText);
  return data;
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// What a page is narrowed to stands in its address: an empty value takes the name out.
export function write(values) {
  const now = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) now.searchParams.set(name, value); else now.searchParams.delete(name);
  }
  history.replaceState(null, "", now);
}

const root = document.documentElement;
const kept = localStorage.getItem("theme");
if (kept === "dark" || kept === "light") root.dataset.theme = kept;
const here = one(".places [aria-current]");  // on a phone the row of places is wider than the screen
if (here) here.parentElement.scrollLeft = here.offsetLeft + here.offsetWidth - here.parentElement.clientWidth;

for (const button of all("[data-theme-toggle]")) button.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
});
for (const button of all("[data-copy-link]")) button.addEventListener("click", async () => {
  const here = /^(localhost|127\..*|\[::1\])$/.test(location.hostname);
  try { await navigator.clipboard.writeText(location.href); say(here ? button.dataset.here : button.dataset.done); }
  catch { say(location.href); }
});
