// The training loop of "what is torch.nn really".
import * as torch from "torchlet";
import { F } from "torchlet";

/** Trains for four epochs; prints after each the loss on the validation set and how many of it are right. */
export function fit(model, optimizer, trainLoader, validLoader) {
  for (let epoch = 0; epoch < 4; epoch++) {
    model.train();
    for (const [xb, yb] of trainLoader) {
      const loss = F.crossEntropy(model(xb), yb);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    }

    model.eval();
    torch.noGrad(() => {
      let [total, count, right] = [0, 0, 0];
      for (const [xb, yb] of validLoader) {
        const out = model(xb);
        total += F.crossEntropy(out, yb).item() * xb.size(0);
        count += xb.size(0);
        right += torch.argmax(out, { dim: 1 }).eq(yb).sum().item();
      }
      console.log(epoch, total / count, right);
    });
  }
}
