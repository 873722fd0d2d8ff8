// The drawing pad: strokes by mouse, pen or finger.

/** Width of the pen, as a part of the pad's. */
const PEN = 0.065;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(strokes: [number, number][][]) => void} changed called as the drawing grows and when it is cleared
 */
export function makePad(canvas, changed) {
  let strokes = [];
  let drawing = null;

  function draw() {
    const size = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, size, size);
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = PEN * size;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes) {
      context.beginPath();
      const [first, ...rest] = stroke.map(([x, y]) => [x * size, y * size]);
      context.moveTo(...first);
      let last = first;
      for (const point of rest) {
        context.quadraticCurveTo(...last, (last[0] + point[0]) / 2, (last[1] + point[1]) / 2);
        last = point;
      }
      context.lineTo(...last);
      context.stroke();
    }
  }

  let asked = false;
  /** Draws and tells at most once a frame. */
  function update() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
      changed(strokes);
    });
  }

  function point(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drawing !== null) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = event.pointerId;
    strokes.push([point(event)]);
    update();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length > 0 ? all : [event]) strokes.at(-1).push(point(one));
    update();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === drawing) drawing = null;
    });
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  return {
    clear() {
      strokes = [];
      update();
    },
  };
}
