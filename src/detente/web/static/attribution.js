// The attribution desk: draw the fans and the specification curves of the answer in the page.
import { all, one, say } from "./app.js";
import { keep, liveChart } from "./chart.js";

const answer = one("#answer");
if (answer) {
  const specs = JSON.parse(answer.dataset.charts), fans = JSON.parse(answer.dataset.fans);
  const curve = JSON.parse(answer.dataset.curve), kinds = JSON.parse(answer.dataset.kinds), charts = {};
  for (const fan of fans) {
    const k = fan.place;
    const rows = ["band", "placebos", "path"].flatMap(what => fan[what].map(row => ({ what: what === "placebos" ? "placebo" : what, ...row })));
    charts[`fan-${k}`] = await liveChart(one(`#fan-${k}`), specs.fan, rows);
    const own = curve.filter(row => row.from === fan.from).map(row => ({ ...row, label: `${answer.dataset.base} ${row.base}|${kinds[row.placebos]}` }));
    charts[`curve-${k}`] = await liveChart(one(`#curve-${k}`), specs.curve, own);
  }
  for (const kind of ["png", "svg"]) for (const button of all(`[data-${kind}]`)) button.addEventListener("click", () => {
    const name = button.dataset[kind];
    keep(charts[name], name, kind).catch(error => say(error.message));
  });
  answer.dataset.state = "ready";
}
