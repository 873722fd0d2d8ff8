// A cubic fitted to sin(x) with plain arrays: what a tensor library saves.
const x = Float64Array.from({ length: 2000 }, (_, i) => -Math.PI + (2 * Math.PI * i) / 1999);
const y = x.map(Math.sin);

// The first four normal numbers of numpy.random.seed(0).
let [a, b, c, d] = [1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458];

const learningRate = 1e-6;
for (let t = 0; t < 2000; t++) {
  // Forward pass: the prediction's error at each point.
  const error = x.map((x, i) => a + b * x + c * x ** 2 + d * x ** 3 - y[i]);
  const loss = error.reduce((sum, e) => sum + e ** 2, 0);
  if (t % 100 === 99) console.log(t, loss);

  // Backward pass, derived by hand: d loss / d error, times the power of x that each coefficient multiplies.
  const gradient = (power) => error.reduce((sum, e, i) => sum + 2 * e * x[i] ** power, 0);
  const [gradA, gradB, gradC, gradD] = [0, 1, 2, 3].map(gradient);

  a -= learningRate * gradA;
  b -= learningRate * gradB;
  c -= learningRate * gradC;
  d -= learningRate * gradD;
}

console.log(`Result: y = ${a} + ${b} x + ${c} x^2 + ${d} x^3`);
