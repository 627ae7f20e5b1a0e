// The scenario desk: controls -> address -> central path at once, bands after the last move.
import { all, ask, one, say } from "./app.js";
import { keep, liveChart } from "./chart.js";

const desk = one("#desk"), form = one("#controls");
const words = JSON.parse(desk.dataset.words), flowNames = JSON.parse(desk.dataset.flows), names = JSON.parse(desk.dataset.names);
const specs = JSON.parse(desk.dataset.charts), path = `/s/${desk.dataset.study}/desk`;
const session = crypto.randomUUID?.() ?? String(Math.random());
const opened = performance.getEntriesByType("navigation")[0]?.name ?? location.href;
const state = { results: JSON.parse(desk.dataset.results), bands: new Map(), pins: JSON.parse(desk.dataset.pins), seq: 0, shown: 0 };
const actual = JSON.parse(desk.dataset.actual); // what was sold in the newest year after the baseline's, or nothing
const charts = {}, notState = JSON.parse(desk.dataset.notState);

// Controls <-> query.
function query() {
  const out = new URLSearchParams(), year = one("select[name=year]", form);
  out.set("year", year.value);
  out.set("gdp_case", year.selectedOptions[0].dataset.gdp);
  for (const name of ["ratio", "theta", "psi", "deficits"]) out.set(name, one(`[name=${name}]`, form).value);
  for (const input of all("[data-plain]", form)) if (plain(input) !== input.dataset.plain) out.set(input.name, plain(input));
  for (const box of all(".lever", form)) {
    const number = one("input[type=number]", box), closes = one("[data-closes]", box);
    if (closes?.checked) out.set(number.name, "closed");
    else if (Number(number.value)) out.set(number.name, String(Number(number.value)));
  }
  return out.toString();
}
// What stands in a control without a slider, as the address writes it; in data-plain, what it stands at unmoved.
const plain = (input) => input.type === "checkbox" ? (input.checked ? input.value : "") : input.type === "number" ? String(Number(input.value)) : input.value;
function load(text) {
  const wanted = new URLSearchParams(text), year = one("select[name=year]", form);
  if (wanted.has("year")) {
    const gdp = wanted.get("gdp_case") ?? "published";
    const option = all("option", year).find(o => o.value === wanted.get("year") && o.dataset.gdp === gdp);
    if (option) option.selected = true;
  }
  for (const name of ["ratio", "theta", "psi", "deficits"]) if (wanted.has(name)) one(`[name=${name}]`, form).value = wanted.get(name);
  for (const input of all("[data-plain]", form)) {
    const value = wanted.get(input.name) ?? input.dataset.plain;
    if (input.type === "checkbox") input.checked = value === input.value; else input.value = value;
  }
  for (const box of all(".lever", form)) {
    const number = one("input[type=number]", box), closes = one("[data-closes]", box), value = wanted.get(number.name) ?? "0";
    if (closes) closes.checked = value === "closed";
    number.value = value === "closed" ? "0" : value;
  }
  mirror();
}
function percent(at) {
  if (!at) return "";
  const share = 100 * Math.expm1(at), size = Math.abs(share);
  const lang = document.documentElement.lang || "en";
  const said = (value, digits) => value.toLocaleString(lang, {minimumFractionDigits: digits, maximumFractionDigits: digits});
  const text = `${share > 0 ? "+" : "−"}${said(size, size < 1 || (share < 0 && size > 99) ? 2 : 0)}${lang === "en" ? "" : "\u00a0"}%`;
  const times = Math.exp(at); // as the catalogue writes multiples
  return share > 100 ? `${text} ×${times < 9.95 ? said(times, 1) : said(Number(times.toPrecision(2)), 0)}` : text;
}
function mirror() {
  // The tariff that would move as much of the flow: (1 + t)^-theta. A sector has an elasticity of its own, not this one.
  const theta = one("[name=sector]", form)?.value ? 0 : Number(one("input[type=number][name=theta]", form).value);
  for (const range of all("input[type=range]", form)) {
    const number = one(`input[type=number][name=${range.dataset.range}]`, form);
    range.value = number.value;
    range.setAttribute("aria-valuetext", number.closest(".lever") ? percent(Number(number.value)) || words.unchanged : number.value);
  }
  for (const box of all(".lever", form)) {
    const number = one("input[type=number]", box), closed = Boolean(one("[data-closes]:checked", box)), at = Number(number.value);
    for (const input of all("input[type=number], input[type=range]", box)) input.disabled = closed;
    one(".effect", box).textContent = closed ? words.closed : percent(at);
    one(".equal", box).textContent = closed || !at || !theta ? "" : words.equal.replace("{rate}", percent(-at / theta));
    for (const button of all("[data-set]", box)) button.setAttribute("aria-pressed", String(!closed && Math.abs(Number(button.dataset.value) - at) < 1e-4));
  }
}
const address = (text) => {
  const out = new URLSearchParams(text);
  for (const pin of state.pins) out.append("pin", `${pin.title}|${pin.query}`);
  return `${location.pathname}?${out}`;
};

// Asking. At most two questions are on their way; when an answer comes, the newest question that still waits goes
// out before the charts are drawn. So a drag shows a steady run of answers and ends on its last.
const AT_ONCE = 2, PATIENCE = 1000; // ms, after which a question on its way is given up for a newer one
const SLOW = 150; // ms, after which the page says that it is solving
const going = new Set();
let after = null, timer = 0, fading = 0, sent = 0;
function solve() {
  state.asked = query();
  desk.dataset.asked = ++state.seq;
  after?.abort(); clearTimeout(timer);
  fading ||= setTimeout(fade, SLOW);
  for (const old of going) if (performance.now() - old.since > PATIENCE) { going.delete(old); old.abort(); }
  if (going.size < AT_ONCE) send();
}
async function send() {
  const own = new AbortController(), text = state.asked, number = sent = state.seq;
  own.since = performance.now();
  going.add(own);
  let found, failed;
  try { found = await ask(`${path}/solve?${text}&session=${session}&seq=${number}`, { signal: own.signal }); }
  catch (error) { failed = error; }
  if (!going.delete(own)) return;
  if (state.seq > sent) send();
  if (failed) return number < state.seq || refused(failed);
  if (found.superseded || number < state.shown) return;
  state.shown = number;
  state.results[0] = found;
  problem("");
  clearTimeout(fading); fading = 0;
  show();
  if (number === state.seq) timer = setTimeout(() => draws(text, number), 120);
}
function refused(error) {
  clearTimeout(fading); fading = 0;
  one("#progress").textContent = "";
  for (const old of [one("#rows"), one("#told")]) old.classList.add("stale"); // what stands there is of the setting before
  problem(error instanceof TypeError ? words.lost : error.message);
}
async function draws(text, number) {
  after = new AbortController();
  try {
    for (const [place, one_] of [[0, text], ...state.pins.map((pin, k) => [k + 1, pin.query])]) {
      const key = state.results[place]?.query ?? one_;
      if (state.bands.has(key)) continue;
      const found = await ask(`${path}/bands?${one_}&session=${session}-${place}&seq=${number}`, { signal: after.signal });
      if (found.superseded) return;
      state.bands.set(key, found);
      state.last = place === 0 ? found : state.last;
      if (number === state.seq) show();
    }
    show();
  } catch (error) {
    if (error.name !== "AbortError") problem(error instanceof TypeError ? words.lost : error.message);
  }
}
function problem(text) {
  const box = one("#desk-problem");
  box.textContent = text;
  box.hidden = !text;
}
function fade() { one("#progress").textContent = words.solving; one("#rows").classList.add("stale"); }

// Showing.
const rowsOf = {
  flows: () => each((r, k, band, stale) => r.flows.map((f, d) => ({ label: r.label, order: k, flow: flowNames[d], before: f.before, after: f.after, fact: k ? null : actual?.usd_mn[d] ?? null, low: band?.flow[d][0] ?? null, high: band?.flow[d][1] ?? null, stale }))),
  income: () => each((r, k, band, stale) => r.income.map((f, d) => ({ label: r.label, order: k, economy: names[d], after: f.pct, low: band?.income[d][0] ?? null, high: band?.income[d][1] ?? null, stale }))),
  elsewhere: () => state.results[0].elsewhere,
};
function each(make) {
  return state.results.flatMap((r, k) => {
    const own = state.bands.get(r.query), band = own ?? (k === 0 ? state.last : undefined);
    return make(r, k, band, !own);
  });
}
async function show() {
  const result = state.results[0], band = state.bands.get(result.query);
  one("#told").textContent = result.sentence;
  one("#told").classList.remove("stale");
  one("#from").textContent = result.from;
  one("#people-told").textContent = result.people.join(" ");
  one("#people-told").hidden = !result.people.length;
  const table = one("#rows"), body = one("tbody", table);
  body.replaceChildren(...result.rows.map((row, k) => {
    const line = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row"; head.textContent = row.what;
    line.append(head, ...[row.before, row.after, row.change, (band ?? state.last)?.ranges[k] ?? ""].map((text, c) => {
      const cell = document.createElement("td");
      cell.textContent = text; cell.className = c === 3 ? `number band${band ? "" : " stale"}` : "number";
      return cell;
    }));
    return line;
  }));
  one("#others tbody").replaceChildren(...result.elsewhere.map(row => {
    const line = document.createElement("tr");
    line.append(...[row.name, row.pct_said, row.sales_said].map((text, c) => {
      const cell = document.createElement(c ? "td" : "th");
      if (c) cell.className = "number"; else cell.scope = "row";
      cell.textContent = text;
      return cell;
    }));
    return line;
  }));
  table.classList.toggle("stale", false);
  one("#progress").textContent = !band ? words.banding : band.n ? words.banded.replace("{n}", band.n) : words.unbanded;
  one("#certificate").textContent = result.solved;
  one("#py").textContent = result.python;
  for (const link of all("[data-export]")) link.href = `${path}/download/${link.dataset.export}?${address(result.query).split("?")[1]}`;
  desk.dataset.state = band ? "ready" : "central";
  const number = state.shown;
  await Promise.all(Object.keys(charts).map(name => charts[name].show(rowsOf[name]())));
  desk.dataset.drawn = number; // the charts show this answer, or a newer one
}

// Pins.
function listPins() {
  one("#pins").replaceChildren(...state.pins.map((pin, k) => {
    const line = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
    link.href = `${location.pathname}?${pin.query}`; link.textContent = pin.title;
    button.type = "button"; button.textContent = words.remove; button.setAttribute("aria-label", `${words.remove}: ${pin.title}`);
    button.addEventListener("click", () => { state.pins.splice(k, 1); state.results.splice(k + 1, 1); moved(true); listPins(); show(); });
    line.append(link, button);
    return line;
  }));
  one("#pin").disabled = state.pins.length >= Number(desk.dataset.most);
}
one("#pin").addEventListener("click", () => {
  const title = one("#pin-name").value.trim() || `${state.pins.length + 1}`;
  state.pins.push({ title, query: state.results[0].query });
  state.results.push({ ...state.results[0], label: title });
  one("#pin-name").value = "";
  moved(true); listPins(); show();
});

// Moves: each is one step of the history; while it lasts the address is replaced, and not oftener than a browser bears.
const PAUSE = 300; // ms; browsers ignore a page that writes its address hundreds of times in half a minute
let moving = false, written = 0;
function moved(done) {
  const now = performance.now();
  if (!moving || done || now - written > PAUSE) {
    history[moving ? "replaceState" : "pushState"](null, "", address(query()));
    written = now;
  }
  moving = !done;
}
form.addEventListener("input", event => {
  const { target } = event;
  if (target.type === "range") one(`input[type=number][name=${target.dataset.range}]`, form).value = target.value;
  mirror(); moved(false); solve();
});
form.addEventListener("change", () => { moved(true); if (query() !== state.asked) solve(); });
form.addEventListener("submit", event => event.preventDefault());
for (const button of all("[data-set]", form)) button.addEventListener("click", () => {
  const closes = one("[data-closes]", button.closest(".lever"));
  if (closes) closes.checked = false;
  one(`input[type=number][name=${button.dataset.set}]`, form).value = button.dataset.value;
  mirror(); moved(true); solve();
});
for (const link of all("[data-load]", form)) link.addEventListener("click", event => {
  event.preventDefault();
  load(link.dataset.load || "");
  moved(true); solve();
});
const bare = (search) => [...new URLSearchParams(search).keys()].every(name => notState.includes(name));
// Back and forward: the controls follow the address; other scenarios to compare need their own numbers.
function follow() {
  const pins = new URLSearchParams(location.search).getAll("pin");
  if (pins.join() !== state.pins.map(pin => `${pin.title}|${pin.query}`).join()) return location.reload();
  moving = false;
  load(desk.dataset.default);
  load(bare(location.search) ? desk.dataset.opening : location.search);
  solve();
}
addEventListener("popstate", follow);
one("#save")?.addEventListener("submit", event => {
  const own = event.target;
  for (const old of all("input[data-state]", own)) old.remove();
  for (const [name, value] of [...new URLSearchParams(query()), ...state.pins.map(pin => ["pin", `${pin.title}|${pin.query}`])]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    input.dataset.state = "";
    own.append(input);
  }
});
// The setting in words: the sentence, and what was pinned beside it.
function settingSaid() {
  return [one("#told").textContent, ...state.pins.map(pin => pin.title)].join(" · ");
}
for (const kind of ["png", "svg"]) for (const button of all(`[data-${kind}]`)) button.addEventListener("click", () => {
  const name = button.dataset[kind];
  keep(charts[name], `${desk.dataset.study}-${name}`, kind, button.closest("figure"), settingSaid()).catch(error => say(error.message));
});

mirror(); listPins();
state.asked = query();
for (const name of Object.keys(specs)) charts[name] = await liveChart(one(`#chart-${name}`), specs[name], rowsOf[name]());
show();
draws(query(), state.seq);
if (new URL(opened).search !== location.search) follow(); // gone back or forward while the page was still loading
