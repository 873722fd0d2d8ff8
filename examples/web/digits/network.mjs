// The network: two convolutions with pooling, two linear layers, in the manner of LeNet.
import { F, nn } from "../../../dist/index.js";

export class LeNet extends nn.Module {
  constructor() {
    super();
    this.conv1 = new nn.Conv2d(1, 32, 3, { padding: 1 });
    this.conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
    this.fc1 = new nn.Linear(64 * 2 * 2, 128);
    this.dropout = new nn.Dropout(0.25);
    this.fc2 = new nn.Linear(128, 10);
  }

  /** [N, 1, 8, 8] -> [N, 10] */
  forward(x) {
    x = F.maxPool2d(F.relu(this.conv1(x)), 2);
    x = F.maxPool2d(F.relu(this.conv2(x)), 2);
    x = F.relu(this.fc1(x.flatten(1)));
    return this.fc2(this.dropout(x));
  }
}
