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

// The picture as a file, with the page's ground behind it.
export async function keep(chart, name, kind) {
  if (kind === "svg") return save(new Blob([await chart.svg()], { type: "image/svg+xml" }), `${name}.svg`);
  const drawn = await chart.png(), canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.width = drawn.width; canvas.height = drawn.height;
  pen.fillStyle = "#fefefe";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(drawn, 0, 0);
  canvas.toBlob(blob => save(blob, `${name}.png`));
}
