// Nested containers whose printed text and state are recorded; one builder per case.

function defineBlock({ nn }) {
  return class Block extends nn.Module {
    constructor(c) {
      super();
      this.conv = new nn.Conv2d(c, c, 3, { padding: 1, bias: false });
      this.bn = new nn.BatchNorm2d(c);
      this.act = new nn.ReLU({ inplace: true });
    }
  };
}

function defineDeep({ torch, nn }) {
  const Block = defineBlock({ nn });
  return class Deep extends nn.Module {
    constructor() {
      super();
      this.stem = new nn.Sequential(new nn.Conv2d(3, 8, [7, 5], [2, 1], [3, 2]), new nn.MaxPool2d(3, 2, 1));
      this.blocks = new nn.ModuleList([new Block(8), new Block(8)]);
      this.heads = new nn.ModuleDict({ cls: new nn.Linear(8, 2), reg: new nn.Linear(8, 4, { bias: false }) });
      this.scale = new nn.Parameter(torch.ones(3));
      this.empty = new nn.Sequential();
    }
  };
}

export const builders = {
  "text/deep": (torch) => new (defineDeep({ torch, nn: torch.nn }))(),
  "text/block": (torch) => new (defineBlock(torch))(4),
  "text/paramlist": (torch) =>
    new torch.nn.ParameterList([
      new torch.nn.Parameter(torch.ones(2)),
      new torch.nn.Parameter(torch.ones(2, 3)),
    ]),
  "text/paramdict": (torch) => new torch.nn.ParameterDict({ w: new torch.nn.Parameter(torch.ones(2)) }),
  "text/nested_seq": ({ nn }) =>
    new nn.Sequential(new nn.Sequential(new nn.ReLU(), new nn.Sequential()), new nn.Identity()),
  "text/transformer_layer": ({ nn }) => new nn.TransformerEncoderLayer(8, 2, 16),
  "text/transformer": ({ nn }) => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16), 2),
  "text/dropout2": ({ nn }) => new nn.Dropout(0.25, { inplace: true }),
  "text/unflatten": ({ nn }) => new nn.Unflatten(1, [2, 3]),
  "text/plain_module": ({ nn }) => new nn.Module(),
};
