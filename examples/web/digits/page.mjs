// The page: buttons, figures, charts and the drawing pad. The work is done in worker.mjs.
import { makeCharts } from "./charts.mjs";
import { makePad } from "./pad.mjs";
import { SIDE, toImage } from "./preprocess.mjs";

const $ = (id) => document.getElementById(id);
const percent = (value, digits = 1) => `${(100 * value).toFixed(digits)}%`;
const whole = (value) => Math.round(value).toLocaleString("en-US");

const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
const tell = (type, more) => worker.postMessage({ type, ...more });
const charts = makeCharts($("loss-chart"), $("accuracy-chart"));

let state = "loading";
let epochs = 1;
let trained = false;

const STATES = {
  fresh: ["Train", "Ready. Training takes a few seconds."],
  training: ["Stop", "Training. Draw meanwhile and watch it change its mind."],
  stopped: ["Resume", "Stopped. Resume where it was, or draw a digit."],
  done: ["Train again", "Trained. Now draw a digit."],
};

function show(next) {
  state = next;
  [$("toggle").textContent, $("status").textContent] = STATES[state];
  document.body.dataset.state = state;
  $("toggle").disabled = false;
  $("restart").disabled = state === "fresh";
}

function fail(reason) {
  $("status").textContent = `This does not work here: ${reason}`;
  document.body.dataset.state = "failed";
  $("toggle").disabled = $("restart").disabled = $("sample").disabled = true;
}

function clearFigures() {
  charts.clear(epochs);
  trained = false;
  for (const id of ["epoch", "loss", "accuracy", "speed"]) $(id).textContent = "–";
  $("progress").value = 0;
}

function showThreads({ count, reason }) {
  $("cores").textContent = count > 1 ? `Running on ${count} cores` : "Running on one core";
  $("cores").dataset.count = count;
  const why = "Without the isolation headers, browsers do not let a page share memory between threads.";
  $("cores-why").textContent =
    count > 1
      ? "This page is cross-origin isolated, so the WebAssembly threads share one memory."
      : reason === null
        ? "This machine has one core to offer."
        : `${why} Start it with “npm run demo” to use all of them.`;
}

const heard = {
  ready({ threads, counts, parameters, epochs: all }) {
    showThreads(threads);
    epochs = all;
    charts.clear(epochs);
    $("about").textContent =
      `${whole(counts.train)} digits to learn from, ${counts.test} kept for the test, ${whole(parameters)} weights.`;
    $("sample").disabled = false;
    show("fresh");
  },
  state: ({ state: next }) => show(next),
  progress({ news, images, seconds }) {
    if (news.length === 0) return;
    trained = true;
    const { loss, accuracy } = charts.add(news, epochs);
    const { epoch } = news.at(-1);
    $("epoch").textContent = `${Math.min(Math.floor(epoch) + 1, epochs)} of ${epochs}`;
    $("loss").textContent = loss.toFixed(3);
    const test = news.findLast((one) => one.test !== null)?.test;
    if (test !== undefined) $("accuracy").textContent = percent(test);
    $("speed").textContent = whole(images / seconds);
    $("progress").value = epoch / epochs;
    $("loss-chart").setAttribute(
      "aria-label",
      `Loss over ${epoch.toFixed(0)} epochs, now ${loss.toFixed(3)}`,
    );
    $("accuracy-chart").setAttribute(
      "aria-label",
      `Accuracy over ${epoch.toFixed(0)} epochs: training ${percent(accuracy)}, test ${$("accuracy").textContent}`,
    );
  },
  prediction({ probabilities, id }) {
    if (id !== asked || seen === null) return; // of what was drawn before
    $("answer").setAttribute("aria-busy", "false");
    const best = probabilities.indexOf(Math.max(...probabilities));
    const sure = probabilities[best];
    $("digit").textContent = String(best);
    $("answer").dataset.empty = "false";
    $("verdict").textContent = !trained
      ? "A guess: it has learned nothing yet"
      : sure > 0.9
        ? `Sure: ${percent(sure, 0)}`
        : sure > 0.6
          ? `Likely: ${percent(sure, 0)}`
          : `Unsure: ${percent(sure, 0)}`;
    showBars(probabilities, best);
  },
  sample({ image, label }) {
    pad.clear();
    sampled = true;
    seen = image;
    showSeen();
    $("hint").textContent = `From the test set: a ${label}`;
    $("hint").hidden = false;
  },
  failed: ({ reason }) => fail(reason),
};
worker.onmessage = ({ data }) => heard[data.type](data);
worker.onerror = (event) => fail(event.message ?? "the worker did not start");

// The ten probabilities.
const bars = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement("li");
  row.innerHTML = `<b>${digit}</b><span class="track" aria-hidden="true"><i></i></span><span class="share">–</span>`;
  $("bars").append(row);
  return row;
});

function showBars(probabilities, best) {
  for (const [digit, row] of bars.entries()) {
    const share = probabilities?.[digit] ?? 0;
    row.classList.toggle("best", digit === best);
    row.querySelector("i").style.transform = `scaleX(${share})`;
    row.querySelector(".share").textContent = probabilities
      ? percent(share, share > 0.9995 || share < 0.0005 ? 0 : 1)
      : "–";
  }
}

/** The image that the network was last given, and its number. */
let seen = null;
let asked = 0;
let sampled = false;

function showSeen() {
  const context = $("seen").getContext("2d");
  const picture = context.createImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    picture.data.fill(Math.round(255 * (seen?.[i] ?? 0)), 4 * i, 4 * i + 3);
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

const pad = makePad($("pad"), (strokes) => {
  const image = toImage(strokes);
  if (image === null && sampled) return;
  sampled = false;
  seen = image;
  $("hint").textContent = "Draw a digit here";
  $("hint").hidden = image !== null;
  showSeen();
  tell("look", { image, id: ++asked });
  $("answer").setAttribute("aria-busy", String(image !== null));
  if (image === null) {
    $("digit").textContent = "";
    $("answer").dataset.empty = "true";
    $("verdict").textContent = "Nothing drawn yet";
    showBars(null, -1);
  }
});

$("toggle").onclick = () => {
  if (state === "training") tell("stop");
  else {
    if (state === "done") restart();
    tell("train");
  }
};
function restart() {
  clearFigures();
  tell("restart");
}
$("restart").onclick = restart;
$("clear").onclick = () => {
  sampled = false;
  pad.clear();
};
$("sample").onclick = () => {
  $("answer").setAttribute("aria-busy", "true");
  tell("sample", { id: ++asked });
};

showSeen();
