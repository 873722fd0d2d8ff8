// A network in the manner of LeNet: two convolutions with pooling, two linear layers.
import { F, nn } from "torchlet";

export class LeNet extends nn.Module {
  /** @param {number} side height and width of the images, a multiple of 4 */
  constructor(side) {
    super();
    this.conv1 = new nn.Conv2d(1, 32, 3, { padding: 1 });
    this.conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
    this.fc1 = new nn.Linear(64 * (side / 4) ** 2, 128);
    this.dropout = new nn.Dropout(0.25);
    this.fc2 = new nn.Linear(128, 10);
  }

  /** [N, 1, side, side] -> [N, 10] */
  forward(x) {
    x = F.maxPool2d(F.relu(this.conv1(x)), 2);
    x = F.maxPool2d(F.relu(this.conv2(x)), 2);
    x = F.relu(this.fc1(x.flatten(1)));
    return this.fc2(this.dropout(x));
  }
}
