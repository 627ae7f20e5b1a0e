// A live chart: a Vega-Lite specification whose data "rows" is replaced as numbers come in.
// Vega's expression interpreter (ast) is what lets it run without unsafe-eval.
import { save } from "./app.js";

// Numbers on axes as the page's language writes them; the report draws them the same way.
const locales = { es: { decimal: ",", thousands: ".", grouping: [3], currency: ["", "\u00a0€"] } };

export async function liveChart(place, spec, rows) {
  const full = { ...spec, data: { name: "rows", values: rows } };
  const { view } = await window.vegaEmbed(place, full, {
    ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: false, hover: false, logLevel: 1,
    formatLocale: locales[document.documentElement.lang],
  });
  return {
    show: (next) => view.data("rows", next).runAsync(),
    svg: () => view.toSVG(),
    png: () => view.toCanvas(2),
  };
}

// The picture as a file, with its title above, and below it the setting, the source, the date and the page's address.
export async function keep(chart, name, kind, figure, setting) {
  const words = around(figure, setting);
  if (kind === "svg") return save(new Blob([framed(await chart.svg(), words)], { type: "image/svg+xml" }), `${name}.svg`);
  const drawn = await chart.png(), canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.width = Math.max(drawn.width + 80, 1000);
  const lines = laidOut(words, canvas.width - 80, (text, font) => { pen.font = font; return pen.measureText(text).width; }, 2);
  const above = lines.filter(line => !line.below), below = lines.filter(line => line.below), high = all => all.reduce((sum, line) => sum + line.step, 0);
  canvas.height = 40 + high(above) + 20 + drawn.height + 20 + high(below) + 30;
  pen.fillStyle = "#fefefe";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let y = 40;
  for (const line of above) { pen.font = line.font; pen.fillStyle = line.fill; y += line.step; pen.fillText(line.text, 40, y); }
  pen.drawImage(drawn, 40, y + 20);
  y += drawn.height + 40;
  for (const line of below) { pen.font = line.font; pen.fillStyle = line.fill; y += line.step; pen.fillText(line.text, 40, y); }
  canvas.toBlob(blob => save(blob, `${name}.png`));
}
function around(figure, setting) {
  const text = (part) => part?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const day = new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" });
  const source = text(document.querySelector("main .source"));
  return {
    title: text(figure.querySelector("h2, h3")), subtitle: text(figure.querySelector(".subtitle")),
    notes: [setting.replace(/\s+/g, " ").trim(), source, `${document.title} · ${day}`, location.pathname + location.search],
  };
}
// Every line with its font and place; `scale` is 2 for a picture in points of the screen.
function laidOut({ title, subtitle, notes }, width, measure, scale = 1) {
  const face = "'Liberation Sans', Arial, Helvetica, sans-serif", out = [];
  const add = (text, size, weight, fill, below) => {
    const font = `${weight} ${size * scale}px ${face}`;
    let line = "";
    for (const word of [...text.split(" "), null]) {
      const longer = word === null ? null : line ? `${line} ${word}` : word;
      if (word !== null && (!line || measure(longer, font) <= width)) { line = longer; continue; }
      if (line) out.push({ text: line, font, fill, below, size: size * scale, weight, step: 1.35 * size * scale });
      line = word ?? "";
    }
  };
  if (title) add(title, 18, 700, "#1c2530", false);
  if (subtitle) add(subtitle, 13, 400, "#566270", false);
  for (const note of notes) if (note) add(note, 12, 400, "#566270", true);
  return out;
}
function framed(svg, words) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const width = Math.max(Number.parseFloat(parsed.getAttribute("width")) || 600, 460), tall = Number.parseFloat(parsed.getAttribute("height")) || 300;
  const lines = laidOut(words, width, (text, font) => text.length * Number.parseFloat(font.split(" ")[1]) * 0.52);
  const made = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg"), root = made.documentElement;
  const part = (name, given, text) => {
    const node = made.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
    if (text) node.textContent = text;
    root.append(node);
  };
  let y = 20;
  const say = (line) => {
    y += line.step;
    part("text", { x: 20, y, "font-family": "Liberation Sans, Arial, Helvetica, sans-serif", "font-size": line.size, "font-weight": line.weight, fill: line.fill }, line.text);
  };
  part("title", {}, words.title);
  part("rect", { width: "100%", height: "100%", fill: "#fefefe" });
  lines.filter(line => !line.below).forEach(say);
  parsed.setAttribute("x", 20); parsed.setAttribute("y", y + 10);
  root.append(made.importNode(parsed, true));
  y += tall + 20;
  lines.filter(line => line.below).forEach(say);
  for (const [key, value] of Object.entries({ width: width + 40, height: y + 20, viewBox: `0 0 ${width + 40} ${y + 20}` })) root.setAttribute(key, value);
  return new XMLSerializer().serializeToString(made);
}
