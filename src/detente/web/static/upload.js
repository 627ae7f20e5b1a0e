// Send a file as it is, with its progress; the token goes in a header. Stopping leaves nothing on the server.
import { all, one, token } from "./app.js";

for (const form of all("[data-upload]")) {
  const bar = one("progress", form), stop = one("[data-stop]", form), send = one("button.main", form), problem = one(".alert", form);
  let going = null;
  const end = (text) => {
    going = null;
    bar.hidden = stop.hidden = true; send.disabled = false;
    problem.textContent = text; problem.hidden = !text;
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    const file = one("input[type=file]", form).files[0];
    if (!file || going) return;
    if (file.size > Number(form.dataset.most)) return end(form.dataset.large);
    going = new XMLHttpRequest();
    going.open("POST", `${form.dataset.upload}?name=${encodeURIComponent(file.name)}`);
    going.setRequestHeader("x-detente-token", token);
    going.setRequestHeader("accept", "application/json");
    going.setRequestHeader("content-type", "application/octet-stream");
    going.upload.addEventListener("progress", step => { bar.value = step.lengthComputable ? step.loaded / step.total : 0; });
    going.addEventListener("load", () => {
      let said = {};
      try { said = JSON.parse(going.responseText); } catch { /* a page, not JSON */ }
      if (said.location) location.assign(said.location);
      else end([said.what, said.why, said.fix].filter(Boolean).join(" ") || form.dataset.lost);
    });
    going.addEventListener("error", () => end(form.dataset.lost));
    going.addEventListener("abort", () => end(form.dataset.stopped));
    problem.hidden = true; bar.hidden = stop.hidden = false; bar.value = 0; send.disabled = true;
    going.send(file);
  });
  stop.addEventListener("click", () => going?.abort());
}
