// The attribution desk: draw the fans and the specification curves of the answer in the page.
import { all, one, say } from "./app.js";
import { keep, liveChart } from "./chart.js";

// A range without an end, where trade of comparable pairs stopped or began, is drawn to the edge of the picture.
function edged(rows, lower, upper, known) {
  const numbers = rows.flatMap(row => [...lower, ...upper, known, "value"].map(name => row[name])).filter(Number.isFinite);
  const low = Math.min(...numbers) - 0.5, high = Math.max(...numbers) + 0.5;
  return rows.map(row => !Number.isFinite(row[known]) ? row : {
    ...row, ...Object.fromEntries([...lower.map(n => [n, row[n] ?? low]), ...upper.map(n => [n, row[n] ?? high])]) });
}

const answer = one("#answer");
if (answer) {
  const specs = JSON.parse(answer.dataset.charts), fans = JSON.parse(answer.dataset.fans);
  const curve = JSON.parse(answer.dataset.curve), kinds = JSON.parse(answer.dataset.kinds), charts = {};
  for (const fan of fans) {
    const k = fan.place;
    const rows = ["band", "placebos", "path"].flatMap(what => fan[what].map(row => ({ what: what === "placebos" ? "placebo" : what, ...row })));
    charts[`fan-${k}`] = await liveChart(one(`#fan-${k}`), specs.fan, edged(rows, ["q5", "q25"], ["q75", "q95"], "q50"));
    const own = curve.filter(row => row.from === fan.from).map(row => ({ ...row, label: `${answer.dataset.base} ${row.base_said}|${kinds[row.placebos]}` }));
    if (own.length) charts[`curve-${k}`] = await liveChart(one(`#curve-${k}`), specs.curve, edged(own, ["low"], ["high"], "value"));
  }
  for (const kind of ["png", "svg"]) for (const button of all(`[data-${kind}]`)) button.addEventListener("click", () => {
    const name = button.dataset[kind];
    keep(charts[name], name, kind, button.closest("figure"), one(`#says-${name.split("-")[1]}`)?.textContent ?? "").catch(error => say(error.message));
  });
  answer.dataset.state = "ready";
}
