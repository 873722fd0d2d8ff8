// The two charts. Colours are the page's own, read when drawn, so that they follow light and dark.
import uPlot from "../../../node_modules/uplot/dist/uPlot.esm.js";

const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const FONT = "12px system-ui, sans-serif";

const axis = (more) => ({
  stroke: colour("--muted"),
  font: FONT,
  grid: { stroke: colour("--line"), width: 1 },
  ticks: { show: false },
  ...more,
});

function chart(place, y, series, yAxis) {
  const plot = new uPlot(
    {
      width: place.clientWidth || 300,
      height: place.clientHeight || 160,
      padding: [10, 12, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false, range: [0, 1] }, y },
      axes: [
        axis({ size: 26, gap: 6, grid: { show: false }, space: 56 }),
        axis({ size: 46, gap: 6, ...yAxis }),
      ],
      series: [{}, ...series.map((one) => ({ points: { show: false }, ...one }))],
    },
    [[], ...series.map(() => [])],
    place,
  );
  const fit = () => plot.setSize({ width: place.clientWidth, height: place.clientHeight });
  new ResizeObserver(fit).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  return plot;
}

const faint = { stroke: colour("--faint"), width: 1 };
const TENTHS = [0.001, 0.01, 0.1, 1, 10];

/** `smooth` forgets a part of what was for each new value. */
const smoother = (keep) => {
  let mean = 0;
  let weight = 0;
  return (value) => {
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  };
};

/** Charts of loss and accuracy that grow as `add` is called. */
export function makeCharts(lossPlace, accuracyPlace) {
  const loss = chart(
    lossPlace,
    { distr: 3, range: (_, low, high) => [Math.min(0.01, low ?? 1), Math.max(3, high ?? 1)] },
    [faint, { stroke: colour("--loss"), width: 2.5 }],
    { splits: () => TENTHS, values: (_, splits) => splits.map(String), filter: (_, splits) => splits },
  );
  const accuracy = chart(
    accuracyPlace,
    { range: [0, 1] },
    [
      faint,
      { stroke: colour("--accent"), width: 2.5, points: { show: true, size: 5, fill: colour("--accent") } },
    ],
    { splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, splits) => splits.map((v) => `${100 * v}%`) },
  );
  let epochs, losses, smoothLosses, accuracies, tests, smoothLoss, smoothAccuracy;

  function clear(end) {
    [epochs, losses, smoothLosses, accuracies, tests] = [[], [], [], [], []];
    smoothLoss = smoother(0.9);
    smoothAccuracy = smoother(0.8);
    draw(end);
  }

  function draw(end) {
    for (const [plot, ...lines] of [
      [loss, losses, smoothLosses],
      [accuracy, accuracies, tests],
    ]) {
      plot.scales.x.range = () => [0, end];
      plot.setData([epochs, ...lines]);
    }
  }

  function add(news, end) {
    for (const one of news) {
      epochs.push(one.epoch);
      losses.push(one.loss);
      smoothLosses.push(smoothLoss(one.loss));
      accuracies.push(smoothAccuracy(one.accuracy));
      tests.push(one.test ?? undefined); // undefined is drawn through, null leaves a gap
    }
    draw(end);
    return { loss: smoothLosses.at(-1), accuracy: accuracies.at(-1) };
  }

  clear(1);
  return { add, clear };
}
