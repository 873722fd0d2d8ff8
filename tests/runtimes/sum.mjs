// Work for two threads, and what it gives.

/** @param torch the library's namespace */
export async function sumOnThreads(torch) {
  torch.setNumThreads(2);
  await torch.ready();
  const x = torch.ones([1_000_000]);
  return { total: x.add(x).sum().item(), threads: torch.backends().threads };
}
