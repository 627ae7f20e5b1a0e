// The report's behaviour: language, theme, filters, words at a mark, pictures to keep. Nothing is loaded.
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tip = document.getElementById("tip");

// Language: one page per language in the file; the address says which is shown.
function showLanguage(language) {
  const pages = all(".page"), shown = pages.find(page => page.id === language);
  if (!shown) return;
  for (const page of pages) page.hidden = page !== shown;
  document.documentElement.lang = language;
  document.title = shown.dataset.title;
}
function followAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  const page = target && target.closest(".page");
  if (page) { showLanguage(page.id); target.scrollIntoView(); }
}
addEventListener("hashchange", followAddress);
followAddress();

// Data: one copy in the file, whatever the language.
for (const link of all("a[data-csv]")) link.href = document.querySelector(link.getAttribute("href")).href;

// Tables: on a phone each row is a card whose cells name their column; the numbers behind a chart stay a table.
for (const table of all(".scroll > table")) {
  if (!table.tHead || table.closest(".numbers")) continue;
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, at) => {
    if (heads[at] && cell.colSpan === 1) cell.dataset.label = heads[at];
  });
  table.classList.add("cards");
}

// Theme and print.
for (const button of all("[data-theme-switch]")) button.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
for (const button of all("[data-print]")) button.addEventListener("click", () => print());
let opened = [];
addEventListener("beforeprint", () => {
  opened = all(".claims details:not([open])");
  for (const part of opened) part.open = true;
});
addEventListener("afterprint", () => { for (const part of opened) part.open = false; });

// Charts were drawn with the widths of one font; where another stands in, a text that would leave its chart is narrowed.
const narrow = new ResizeObserver(entries => { for (const {target} of entries) fitTexts(target); });
for (const svg of all("figure.chart .picture svg")) narrow.observe(svg);
function fitTexts(svg) {
  const frame = svg.getBoundingClientRect();
  if (!frame.width) return;
  const scale = svg.viewBox.baseVal.width / frame.width;
  for (const text of all("text", svg)) {
    const box = text.getBoundingClientRect();
    const over = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom);
    if (over <= 0) continue;
    const middle = getComputedStyle(text).textAnchor === "middle" ? 2 : 1;
    const lines = text.querySelector("tspan") ? all("tspan", text) : [text];
    const room = Math.max(...lines.map(line => line.getComputedTextLength())) - middle * over * scale;
    for (const line of lines) {
      if (line.getComputedTextLength() <= room) continue;
      line.setAttribute("textLength", room.toFixed(1));
      line.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }
}

// Filters of the claims.
for (const form of all("form.filter")) {
  const rows = all("li", document.getElementById(form.dataset.filter));
  const output = form.querySelector("output"), search = form.querySelector("input");
  let verdict = "";
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = (verdict && row.dataset.verdict !== verdict) || !words.every(word => text.includes(word));
      shown += !row.hidden;
    }
    output.textContent = output.dataset.template.replace("#", shown);
  };
  form.addEventListener("submit", event => event.preventDefault());
  search.addEventListener("input", apply);
  for (const button of all("button[data-verdict]", form)) button.addEventListener("click", () => {
    verdict = button.dataset.verdict;
    for (const other of all("button[data-verdict]", form)) other.setAttribute("aria-pressed", other === button);
    apply();
  });
}

// The two directions of the first chart.
for (const button of all("[data-side]")) button.addEventListener("click", () => {
  for (const other of all("[data-side]", button.parentElement)) {
    other.setAttribute("aria-pressed", other === button);
    document.getElementById(other.dataset.side).hidden = other !== button;
  }
});

// The narrow pictures take the words of their marks from the wide ones.
for (const chart of all("figure.chart")) {
  const wide = all(".wide .hit", chart), narrow = all(".narrow .hit", chart);
  if (wide.length === narrow.length) narrow.forEach((mark, i) => { mark.dataset.tip = wide[i].dataset.tip; });
}

// Words at a mark: by pointer, by touch, or with the arrow keys on a focused chart.
function tell(mark) {
  tip.textContent = mark.dataset.tip;
  tip.hidden = false;
  const box = mark.getBoundingClientRect(), own = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - own.width / 2), innerWidth - own.width - 8);
  const above = box.top - own.height - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
}
const silent = () => { tip.hidden = true; };
for (const chart of all("figure.chart")) {
  chart.addEventListener("pointerover", event => {
    const mark = event.target.closest(".hit");
    if (mark) tell(mark); else silent();
  });
  chart.addEventListener("pointerleave", silent);
  chart.addEventListener("blur", silent);
  let at = -1;
  chart.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") silent();
    if (!step || event.target !== chart) return;
    const marks = all(".hit", chart).filter(mark => mark.getBoundingClientRect().width);
    if (!marks.length) return;
    at = (at + step + marks.length) % marks.length;
    tell(marks[at]);
    event.preventDefault();
  });
}
addEventListener("scroll", silent, { passive: true });

// Pictures to keep: the drawing with its title and source, colours resolved, as SVG or PNG.
const space = "http://www.w3.org/2000/svg";
function wrapped(text, limit) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last && (last + " " + word).length > limit) lines.push(word); else lines[lines.length - 1] = last ? last + " " + word : word;
  }
  return lines;
}
function standalone(chart) {
  const drawing = all(".picture svg", chart).find(svg => svg.getBoundingClientRect().width) || chart.querySelector("svg");
  const box = drawing.viewBox.baseVal, style = getComputedStyle(document.documentElement);
  const size = Math.min(1, box.width / 600), pad = 16;
  const heading = wrapped(chart.querySelector("h3, h2").textContent, box.width / 9);
  const notes = all(".key li", chart).map((line, i) => `${i + 1}  ${line.textContent}`);
  const source = [...notes, chart.querySelector(".source").textContent].flatMap(line => wrapped(line, box.width / 6.2));
  const head = pad + heading.length * 22 + 6, foot = source.length * 15 + pad;
  const svg = document.createElementNS(space, "svg");
  const width = box.width + 2 * pad, height = head + box.height + foot + 8;
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, role: "img" })) svg.setAttribute(name, value);
  const add = (tag, attributes, text) => {
    const node = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return svg.appendChild(node);
  };
  add("title", {}, chart.querySelector("h3, h2").textContent);
  add("desc", {}, chart.querySelector(".unseen").textContent);
  add("rect", { width, height, fill: "var(--c-paper,#fff)" });
  const font = "Helvetica, Arial, sans-serif";
  heading.forEach((line, i) => add("text", { x: pad, y: pad + 14 + 22 * i, "font-family": font, "font-size": 17 * (0.85 + 0.15 * size), "font-weight": 700, fill: "var(--c-ink,#000)" }, line));
  const inner = drawing.cloneNode(true);
  for (const use of all("use", inner)) {  // shapes stand in the page's store: take them along
    const path = document.querySelector(use.getAttribute("href")).cloneNode();
    path.removeAttribute("id");
    for (const { name, value } of use.attributes) if (name !== "href") path.setAttribute(name, value);
    use.replaceWith(path);
  }
  for (const ghost of all(".ghost", inner)) ghost.remove();
  for (const mark of all("[data-tip]", inner)) mark.removeAttribute("data-tip");
  for (const [name, value] of Object.entries({ x: pad, y: head, width: box.width, height: box.height })) inner.setAttribute(name, value);
  svg.appendChild(inner);
  source.forEach((line, i) => add("text", { x: pad, y: head + box.height + 18 + 15 * i, "font-family": font, "font-size": 11, fill: "var(--c-muted,#555)" }, line));
  const text = new XMLSerializer().serializeToString(svg);
  return { width, height, text: text.replace(/var\((--[\w-]+),?([^)]*)\)/g, (_, name, other) => style.getPropertyValue(name).trim() || other) };
}
function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
for (const button of all("[data-save]")) button.addEventListener("click", () => {
  const chart = button.closest("figure.chart"), picture = standalone(chart), name = chart.dataset.slug;
  const data = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture.text);
  if (button.dataset.save === "svg") return save(URL.createObjectURL(new Blob([picture.text], { type: "image/svg+xml" })), `${name}.svg`);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * picture.width;
    canvas.height = 2 * picture.height;
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.drawImage(image, 0, 0, picture.width, picture.height);
    canvas.toBlob(blob => save(URL.createObjectURL(blob), `${name}.png`));
  };
  image.src = data;
});
