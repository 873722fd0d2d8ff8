import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { optim } = torch;
const { lrScheduler } = optim;
type Tensors = torch.Tensor[];

const RULES: Record<string, (params: Tensors) => torch.optim.Optimizer> = {
  SGD: (p) => new optim.SGD(p, { lr: 0.02, momentum: 0.9, nesterov: true }),
  Adam: (p) => new optim.Adam(p, { lr: 0.1, amsgrad: true }),
  AdamW: (p) => new optim.AdamW(p, { lr: 0.1 }),
  RMSprop: (p) => new optim.RMSprop(p, { lr: 0.05, centered: true, momentum: 0.1 }),
  Adagrad: (p) => new optim.Adagrad(p, { lr: 0.5 }),
  Adadelta: (p) => new optim.Adadelta(p, { lr: 20 }),
  Adamax: (p) => new optim.Adamax(p, { lr: 0.1 }),
  NAdam: (p) => new optim.NAdam(p, { lr: 0.1 }),
  RAdam: (p) => new optim.RAdam(p, { lr: 0.1 }),
  Rprop: (p) => new optim.Rprop(p, { lr: 0.1 }),
  ASGD: (p) => new optim.ASGD(p, { lr: 0.02 }),
  LBFGS: (p) => new optim.LBFGS(p, { lineSearchFn: "strongWolfe" }),
};

/** (x - 3)^2 + 10 (y + 1)^2, at its least for [3, -1]. */
const bowl = (p: torch.Tensor) =>
  p
    .sub(torch.tensor([3, -1], { dtype: p.dtype }))
    .square()
    .mul(torch.tensor([1, 10], { dtype: p.dtype }))
    .sum();

describe("every optimizer", () => {
  test.each(Object.keys(RULES))("%s finds the least of a bowl, in each layout and dtype", (name) => {
    const start = [0.5, 0.5];
    const results = [
      torch.tensor(start).requiresGrad_(),
      torch.tensor(start, { dtype: torch.float64 }).requiresGrad_(),
      // Every other element of four: the elements between must stay.
      torch.tensor([0.5, 7, 0.5, 7]).asStrided([2], [2]).detach().requiresGrad_(),
    ].map((p) => {
      const optimizer = RULES[name]!([p]);
      for (let i = 0; i < 200; i++)
        optimizer.step(() => {
          optimizer.zeroGrad();
          const loss = bowl(p);
          loss.backward();
          return loss;
        });
      return p;
    });
    for (const p of results) {
      const [x, y] = p.tolist() as number[];
      expect(Math.abs(x! - 3)).toBeLessThan(0.2);
      expect(Math.abs(y! + 1)).toBeLessThan(0.2);
    }
    const strided = results[2]!;
    const whole = strided.detach().asStrided([4], [1]).tolist() as number[];
    expect([whole[1], whole[3]]).toEqual([7, 7]);
  });

  test.each(Object.keys(RULES))("%s goes on from a state dictionary as if it had not stopped", (name) => {
    const run = (p: torch.Tensor, o: torch.optim.Optimizer, steps: number) => {
      for (let i = 0; i < steps; i++)
        o.step(() => {
          o.zeroGrad();
          const loss = bowl(p);
          loss.backward();
          return loss;
        });
    };
    const steps = name === "LBFGS" ? 1 : 3;
    const a = torch.tensor([0.5, 0.5]).requiresGrad_();
    const first = RULES[name]!([a]);
    run(a, first, steps);
    const b = a.detach().clone().requiresGrad_();
    const second = RULES[name]!([b]);
    second.loadStateDict(first.stateDict());
    run(a, first, steps);
    run(b, second, steps);
    expect(b.tolist()).toEqual(a.tolist());
  });

  test("half-precision parameters step through float32", () => {
    const p = torch.tensor([1, 2], { dtype: torch.bfloat16 }).requiresGrad_();
    p.grad = torch.tensor([1, -1], { dtype: torch.bfloat16 });
    new optim.SGD([p], { lr: 0.5 }).step();
    expect(p.dtype).toBe(torch.bfloat16);
    expect(p.float().tolist()).toEqual([0.5, 2.5]);
  });

  test("state lives past the scope of its first step", () => {
    const p = torch.tensor([1, 1]).requiresGrad_();
    const o = new optim.Adam([p], { lr: 0.1 });
    const seen: unknown[] = [];
    for (const _ of torch.steps(3)) {
      bowl(p).backward();
      o.step();
      o.zeroGrad();
      seen.push(p.tolist());
    }
    expect((o.state.get(p)!.exp_avg as torch.Tensor).shape).toEqual([2]);
    expect(new Set(seen.map(String)).size).toBe(3);
  });
});

describe("groups and state", () => {
  test("settings by group are live, and in PyTorch's keys", () => {
    const [a, b] = [torch.ones(1).requiresGrad_(), torch.ones(1).requiresGrad_()];
    const o = new optim.SGD([{ params: [a], lr: 1 }], { lr: 0.1 });
    o.addParamGroup({ params: b });
    for (const p of [a, b]) p.grad = torch.ones(1);
    o.step();
    expect(a.item()).toBe(0);
    expect(b.item()).toBeCloseTo(0.9);
    o.paramGroups[1]!.lr = 0.5;
    o.step();
    expect(b.item()).toBeCloseTo(0.4);
    expect(o.stateDict().param_groups[1]).toEqual({
      lr: 0.5,
      momentum: 0,
      dampening: 0,
      weight_decay: 0,
      nesterov: false,
      maximize: false,
      params: [1],
    });
  });

  test("prints as PyTorch does", () => {
    const groups = [{ params: [torch.zeros(1)] }, { params: [torch.zeros(1)], lr: 1e-5 }];
    expect(String(new optim.AdamW(groups, { weightDecay: 0.5 }))).toBe(`AdamW (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    eps: 1e-08
    lr: 0.001
    maximize: False
    weight_decay: 0.5

Parameter Group 1
    amsgrad: False
    betas: (0.9, 0.999)
    eps: 1e-08
    lr: 1e-05
    maximize: False
    weight_decay: 0.5
)`);
  });

  test("zeroGrad drops gradients, or fills them with zeros", () => {
    const p = torch.ones(2).requiresGrad_();
    const o = new optim.SGD([p], { lr: 1 });
    p.grad = torch.tensor([Number.NaN, 2]);
    const { grad } = p;
    o.zeroGrad({ setToNone: false });
    expect(p.grad).toBe(grad);
    expect(grad!.tolist()).toEqual([0, 0]);
    o.zeroGrad();
    expect(p.grad).toBeNull();
    o.step();
    expect(p.tolist()).toEqual([1, 1]);
  });

  test("a step counts as a change in place", () => {
    const p = torch.tensor([2]).requiresGrad_();
    const o = new optim.SGD([p], { lr: 1 });
    const y = p.mul(p).sum();
    p.grad = torch.ones(1);
    o.step();
    expect(() => y.backward()).toThrow(torch.AutogradError);
  });

  test("a user's own optimizer extends the base", () => {
    class Halve extends optim.Optimizer<{ lr: number }> {
      override step(): null {
        for (const { params, lr } of this.paramGroups) for (const p of params) torch.noGrad(() => p.mul_(lr));
        return null;
      }
    }
    const p = torch.ones(1).requiresGrad_();
    new Halve([p], { lr: 0.5 }).step();
    expect(p.item()).toBe(0.5);
    const plain = new optim.Optimizer([p], { lr: 1 });
    p.grad = torch.ones(1);
    expect(() => plain.step()).toThrow(torch.ValueError);
  });

  test("refusals", () => {
    const p = torch.ones(1).requiresGrad_();
    expect(() => new optim.SGD([], { lr: 1 })).toThrow(/empty/);
    expect(() => new optim.SGD(p as never, { lr: 1 })).toThrow(torch.ValueError);
    expect(() => new optim.SGD([p])).toThrow(/lr/);
    expect(() => new optim.SGD([p, p], { lr: 1 })).toThrow(/more than once/);
    expect(() => new optim.SGD([p.mul(2)], { lr: 1 })).toThrow(/leaf/);
    expect(() => new optim.SGD([p], { lr: -1 })).toThrow(torch.ValueError);
    expect(() => new optim.SGD([p], { lr: 1, nesterov: true })).toThrow(/nesterov/);
    expect(() => new optim.Adam([p], { betas: [1, 0.9] })).toThrow(/index 0/);
    expect(() => new optim.Adam([p], { lrr: 1 } as never)).toThrow(/unknown option "lrr"/);
    expect(() => new optim.SGD([{ params: [p], rate: 1 } as never], { lr: 1 })).toThrow(/unknown option/);
    expect(() => new optim.Rprop([p], { etas: [1.1, 1.2] })).toThrow(torch.ValueError);
    expect(() => new optim.LBFGS([p]).step()).toThrow(/closure/);
    expect(() => new optim.LBFGS([{ params: [p] }, { params: [torch.ones(1)] }])).toThrow(torch.ValueError);
    const o = new optim.Adam([p]);
    expect(() => o.loadStateDict({ state: {}, param_groups: [] })).toThrow(/groups/);
    expect(() => o.loadStateDict({ state: {}, param_groups: [{ params: [0, 1] }] })).toThrow(/size/);
    expect(() => o.step((async () => 1) as never)).toThrow(torch.ValueError);
  });
});

describe("schedules", () => {
  const make = (lr = 1) => new optim.SGD([torch.ones(1).requiresGrad_()], { lr, momentum: 0.9 });
  const rates = (o: ReturnType<typeof make>, s: { step(): void }, n: number) =>
    Array.from({ length: n }, () => {
      const { lr } = o.paramGroups[0]!;
      s.step();
      return lr;
    });

  test("chained and closed forms agree", () => {
    const each = [
      (o: ReturnType<typeof make>) => new lrScheduler.StepLR(o, 3, 0.5),
      (o: ReturnType<typeof make>) => new lrScheduler.MultiStepLR(o, [2, 5]),
      (o: ReturnType<typeof make>) => new lrScheduler.ExponentialLR(o, 0.9),
      (o: ReturnType<typeof make>) => new lrScheduler.ConstantLR(o),
      (o: ReturnType<typeof make>) => new lrScheduler.LinearLR(o),
      (o: ReturnType<typeof make>) => new lrScheduler.PolynomialLR(o, 6, 2),
      (o: ReturnType<typeof make>) => new lrScheduler.CosineAnnealingLR(o, 4, 0.1),
      (o: ReturnType<typeof make>) => new lrScheduler.CosineAnnealingWarmRestarts(o, 3, 2),
    ];
    for (const build of each) {
      const [a, b] = [make(), make()];
      const chained = build(a),
        closed = build(b);
      for (let epoch = 1; epoch < 9; epoch++) {
        chained.step();
        closed.step(epoch);
        expect(chained.getLastLr()[0]).toBeCloseTo(closed.getLastLr()[0]!, 10);
        expect(a.paramGroups[0]!.lr).toBe(chained.getLastLr()[0]);
      }
    }
  });

  test("one cycle moves the momentum the other way and ends where it must", () => {
    const o = make();
    const s = new lrScheduler.OneCycleLR(o, { maxLr: 1, totalSteps: 10, threePhase: true });
    const momenta: number[] = [];
    for (let i = 0; i < 10; i++) {
      momenta.push(o.paramGroups[0]!.momentum);
      s.step();
    }
    expect(momenta[0]).toBeCloseTo(0.95);
    expect(Math.min(...momenta)).toBeCloseTo(0.85);
    expect(() => s.step()).toThrow(torch.ValueError);
  });

  test("warm-up then decay, and the plateau", () => {
    const o = make();
    const s = new lrScheduler.SequentialLR(o, {
      schedulers: [new lrScheduler.ConstantLR(o, 0.1, 2), new lrScheduler.ExponentialLR(o, 0.5)],
      milestones: [2],
    });
    expect(rates(o, s, 4).map((x) => x.toFixed(3))).toEqual(["0.100", "0.100", "1.000", "0.500"]);
    const p = make();
    const plateau = new lrScheduler.ReduceLROnPlateau(p, { patience: 1, factor: 0.5 });
    for (const loss of [1, 0.5, 0.5, 0.5, 0.5]) plateau.step(torch.tensor(loss));
    expect(p.paramGroups[0]!.lr).toBe(0.5);
  });

  test("resume from their state", () => {
    const o = make();
    const s = new lrScheduler.StepLR(o, 2);
    rates(o, s, 3);
    const again = make();
    const t = new lrScheduler.StepLR(again, 2);
    t.loadStateDict(s.stateDict());
    again.loadStateDict(o.stateDict());
    expect(rates(again, t, 4)).toEqual(rates(o, s, 4));
    expect(() => new lrScheduler.StepLR(make(), 2, 0.1, 5)).toThrow(/initialLr/);
  });

  test("refuse what does not fit", () => {
    const o = make();
    expect(() => new lrScheduler.StepLR({} as never, 1)).toThrow(torch.ValueError);
    expect(() => new lrScheduler.LambdaLR(o, [() => 1, () => 1])).toThrow(torch.ValueError);
    expect(() => new lrScheduler.OneCycleLR(o, { maxLr: 1 })).toThrow(torch.ValueError);
    expect(() => new lrScheduler.ChainedScheduler([])).toThrow(torch.ValueError);
    expect(() => new lrScheduler.CyclicLR(new optim.Adagrad([torch.ones(1)]), 0.1, 1)).toThrow(/momentum/);
    expect(() => new lrScheduler.StepLR(o, { stepsize: 1 } as never)).toThrow(/unknown option/);
  });
});

test("PyTorch's choices of implementation are accepted", () => {
  const p = torch.ones(1).requiresGrad_();
  const options = { lr: 0.5, foreach: true, fused: false, capturable: false, differentiable: false };
  const o = new optim.SGD([p], options);
  p.sum().backward();
  o.step();
  expect(p.item()).toBe(0.5);
});
